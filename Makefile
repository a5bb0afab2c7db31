# The commands of the README. Each sets up what it needs and may be run again at any time.

.PHONY: build demo test bench docs lint format clean

# ./insight, with every subcommand, runnable from any folder.
build:
	Scripts/build

# Trains with InSight and with Random on one seed, in under five minutes on two cores; see demo/.
demo: build
	Scripts/demo

# Every test: format, links of the documentation, engine, the engine as a dependency and from C, trainer, commands,
# report, the Python package alone and in each framework.
test: lint docs
	swift test
	swift run --package-path Tests/ConsumerPackage
	Tests/CProgram/test
	Scripts/build --test
	Scripts/report/test
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

lint:
	swift format lint --strict --parallel --recursive --configuration .swift-format $(SWIFT_SOURCES)

format:
	swift format --in-place --parallel --recursive --configuration .swift-format $(SWIFT_SOURCES)

clean:
	rm -rf .build python/src/insight_rl/libInsightC.* Trainer/.build Benchmarks/.build Tests/ConsumerPackage/.build .torch insight demo

SWIFT_SOURCES = Package.swift Sources Tests/*Tests Tests/ConsumerPackage/Package.swift \
  Tests/ConsumerPackage/Sources Trainer/Package.swift Trainer/Sources Trainer/Tests \
  Benchmarks/Package.swift Benchmarks/Sources
