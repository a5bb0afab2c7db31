// swift-tools-version: 6.3
import PackageDescription

// libtorch comes through pkg-config: Scripts/setup-torch writes .torch/torch.pc, and builds need
// PKG_CONFIG_PATH=$PWD/.torch and the rpath that the script prints.

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .treatAllWarnings(as: .error),
]

let package = Package(
  name: "insight-torch",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "insight-torch", targets: ["InsightCommand"]),
    .library(name: "InsightTorch", targets: ["InsightTorch", "Torch"]),
  ],
  dependencies: [
    .package(name: "insight", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
  ],
  targets: [
    .systemLibrary(name: "LibTorch", pkgConfig: "torch"),
    .target(name: "CTorch", dependencies: ["LibTorch"]),
    .target(name: "Torch", dependencies: ["CTorch"], swiftSettings: strict),
    .target(
      name: "InsightTorch",
      dependencies: [
        "Torch",
        .product(name: "InsightTasks", package: "insight"),
        .product(name: "InsightTraining", package: "insight"),
      ],
      swiftSettings: strict
    ),
    .executableTarget(
      name: "InsightCommand",
      dependencies: [
        "InsightTorch", "Torch",
        .product(name: "InsightCLI", package: "insight"),
        .product(name: "Insight", package: "insight"),
        .product(name: "InsightTasks", package: "insight"),
        .product(name: "InsightTraining", package: "insight"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict
    ),
    .testTarget(
      name: "InsightTorchTests",
      dependencies: ["InsightTorch", "Torch", .product(name: "InsightTesting", package: "insight")],
      resources: [.copy("Fixtures")],
      swiftSettings: strict
    ),
    .testTarget(
      name: "InsightCommandTests",
      dependencies: ["InsightCommand"],
      swiftSettings: strict
    ),
  ],
  cxxLanguageStandard: .cxx20
)
