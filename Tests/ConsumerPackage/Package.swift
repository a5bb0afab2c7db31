// swift-tools-version: 6.3
import PackageDescription

// Proves that the engine works as a plain dependency: no libtorch, no flags, no environment.
let package = Package(
  name: "consumer",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "insight", path: "../..")],
  targets: [
    .executableTarget(
      name: "Consumer",
      dependencies: [.product(name: "Insight", package: "insight")]
    )
  ]
)
