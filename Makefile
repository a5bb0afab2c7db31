# The commands of the README. Each sets up what it needs and may be run again at any time.

.PHONY: build demo test bench lint format clean

# ./insight, with every subcommand, runnable from any folder.
build:
	Scripts/build

# Trains with InSight and with Random on one seed, in under five minutes on two cores; see demo/.
demo: build
	Scripts/demo

# Every test: format, engine, the engine as a dependency, trainer, commands.
test: lint
	swift test
	swift run --package-path Tests/ConsumerPackage
	Scripts/build --test

# Timings into Benchmarks/results/.
bench: build
	Benchmarks/run

lint:
	swift format lint --strict --parallel --recursive --configuration .swift-format $(SWIFT_SOURCES)

format:
	swift format --in-place --parallel --recursive --configuration .swift-format $(SWIFT_SOURCES)

clean:
	rm -rf .build Trainer/.build Benchmarks/.build Tests/ConsumerPackage/.build .torch insight demo

SWIFT_SOURCES = Package.swift Sources Tests/*Tests Tests/ConsumerPackage/Package.swift \
  Tests/ConsumerPackage/Sources Trainer/Package.swift Trainer/Sources Trainer/Tests \
  Benchmarks/Package.swift Benchmarks/Sources
