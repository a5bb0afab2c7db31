// swift-tools-version: 6.3
import PackageDescription

// Proves that the engine works as a plain dependency (no libtorch, no flags, no environment), and that a
// method can come from outside.
let package = Package(
  name: "consumer",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "insight", path: "../..")],
  targets: [
    .executableTarget(
      name: "Consumer",
      dependencies: [
        .product(name: "Insight", package: "insight"),
        .product(name: "InsightTesting", package: "insight"),
      ]
    )
  ]
)
