// swift-tools-version: 6.3
import PackageDescription

// Timings, run by `make bench` and never by the tests. Needs libtorch as Trainer/ does.
let package = Package(
  name: "insight-benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(name: "insight", path: ".."),
    .package(name: "insight-torch", path: "../Trainer"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
  ],
  targets: [
    .target(name: "Timing"),
    // Without libtorch, so that the engine can be measured alone.
    .executableTarget(
      name: "EngineBenchmarks",
      dependencies: [
        "Timing",
        .product(name: "Insight", package: "insight"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]
    ),
    .executableTarget(
      name: "InsightBenchmarks",
      dependencies: [
        "Timing",
        .product(name: "Insight", package: "insight"),
        .product(name: "InsightTasks", package: "insight"),
        .product(name: "InsightTraining", package: "insight"),
        .product(name: "InsightTorch", package: "insight-torch"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]
    ),
  ]
)
