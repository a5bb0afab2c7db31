# The commands of the README. Each sets up what it needs and may be run again at any time. CONTRIBUTING.md says how
# long each takes.

.PHONY: build demo check test test-swift test-engine test-trainer test-benchmarks test-report test-python bench docs lint format clean

# ./insight, with every subcommand, runnable from any folder.
build:
	Scripts/build

# Trains with the recommended method and with Random on one seed; see demo/.
demo: build
	Scripts/demo

# What a contributor runs while working: the format and the engine's tests. Needs no libtorch.
check: lint test-swift

# The engine's tests, and that the engine calls no mathematics of the C library. They are compiled with optimisation,
# beside the build of ./insight: a debug build compiles in half of the time and takes three times as long to run.
# make check TEST_OPTIONS= makes one.
test-swift:
	swift test $(TEST_OPTIONS)
	Scripts/check-portable $(TEST_OPTIONS)

# Every test.
test: lint docs test-engine test-trainer test-benchmarks test-report test-python

# The engine, the engine as a dependency, and the engine from C. Needs no libtorch.
test-engine: test-swift
	swift run --package-path Tests/ConsumerPackage
	Tests/CProgram/test

# The trainer on libtorch, and its commands.
test-trainer:
	Scripts/build --test

# The benchmarks work; what they measure is for make bench.
test-benchmarks:
	OMP_NUM_THREADS=1 Benchmarks/run --check

# The arena's report, in a headless browser.
test-report:
	Scripts/report/test

# The Python package alone and in each framework. Scripts/test-python trl runs one of them.
test-python:
	Scripts/test-python

# The engine's documentation into .build/docs; a link to a symbol that is gone is an error.
docs:
	mkdir -p .build/symbols
	swift build --target Insight --scratch-path .build/docs-build -Xswiftc -emit-symbol-graph \
	  -Xswiftc -emit-symbol-graph-dir -Xswiftc .build/symbols
	docc convert Sources/Insight/Insight.docc --additional-symbol-graph-dir .build/symbols \
	  --fallback-display-name Insight --fallback-bundle-identifier insight --warnings-as-errors \
	  --output-path .build/docs

# Timings into Benchmarks/results/.
bench: build
	Benchmarks/run

# The format of Swift code, and the words, widths and links of what people read.
lint:
	swift format lint --strict --parallel --recursive --configuration .swift-format $(SWIFT_SOURCES)
	python3 Scripts/lint-text.py

format:
	swift format --in-place --parallel --recursive --configuration .swift-format $(SWIFT_SOURCES)

clean:
	rm -rf .build python/src/insight_rl/libInsightC.* Trainer/.build Benchmarks/.build Tests/ConsumerPackage/.build .torch insight demo

TEST_OPTIONS = --scratch-path .build/tests --configuration release -Xswiftc -enable-testing

SWIFT_SOURCES = Package.swift Sources Tests/*Tests Tests/InsightTestTags Tests/ConsumerPackage/Package.swift \
  Tests/ConsumerPackage/Sources Trainer/Package.swift Trainer/Sources Trainer/Tests \
  Benchmarks/Package.swift Benchmarks/Sources
