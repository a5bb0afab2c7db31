// swift-tools-version: 6.2
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
    .library(name: "InsightTorch", targets: ["InsightTorch", "Torch"])
  ],
  dependencies: [
    .package(name: "insight", path: "..")
  ],
  targets: [
    .systemLibrary(name: "LibTorch", pkgConfig: "torch"),
    .target(name: "CTorch", dependencies: ["LibTorch"]),
    .target(name: "Torch", dependencies: ["CTorch"], swiftSettings: strict),
    .target(
      name: "InsightTorch",
      dependencies: ["Torch", .product(name: "InsightTraining", package: "insight")],
      swiftSettings: strict
    ),
    .testTarget(
      name: "InsightTorchTests",
      dependencies: ["InsightTorch", "Torch"],
      resources: [.copy("Fixtures")],
      swiftSettings: strict
    ),
  ],
  cxxLanguageStandard: .cxx20
)
