// swift-tools-version: 6.3
import PackageDescription

// Proves that the engine works as a plain dependency (no libtorch, no flags, no environment), and that a
// method and a task can come from outside. docs/swift-and-c.md has the example.
let package = Package(
  name: "consumer",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "insight", path: "../..")],
  targets: [
    .executableTarget(
      name: "Consumer",
      dependencies: [
        .product(name: "Insight", package: "insight"),
        .product(name: "InsightTasks", package: "insight"),
        .product(name: "InsightTesting", package: "insight"),
      ]
    )
  ]
)
