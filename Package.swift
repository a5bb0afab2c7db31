// swift-tools-version: 6.3
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .treatAllWarnings(as: .error),
]

let package = Package(
  name: "insight",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Insight", targets: ["Insight", "InsightNumerics"]),
    // The engine for other languages, as a shared library: see python/.
    .library(name: "InsightC", type: .dynamic, targets: ["InsightC"]),
    .library(name: "InsightTasks", targets: ["InsightTasks"]),
    .library(name: "InsightTraining", targets: ["InsightTraining"]),
    .library(name: "InsightExperiments", targets: ["InsightExperiments"]),
    .library(name: "InsightCLI", targets: ["InsightCLI"]),
    // Laws that methods, selectors, tasks and policies keep, for tests of packages that add one.
    .library(name: "InsightTesting", targets: ["InsightTesting"]),
    // The command without libtorch; Trainer/ builds insight-torch, which it becomes where tensors are needed.
    .executable(name: "insight", targets: ["InsightLauncher"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/apple/swift-numerics", from: "1.0.0"),
  ],
  targets: [
    // The engine and its numerics go without RealModule: the C library behind it rounds by machine.
    .target(name: "InsightNumerics", swiftSettings: strict),
    .target(name: "InsightText", swiftSettings: strict),
    .target(name: "InsightJSON", dependencies: ["InsightText"], swiftSettings: strict),
    // The C library under one name on every platform.
    .target(name: "InsightPlatform", swiftSettings: strict),
    .target(
      name: "Insight",
      dependencies: ["InsightJSON", "InsightNumerics", "InsightPlatform", "InsightText"],
      swiftSettings: strict
    ),
    // The C interface: the header, and what it declares in Swift.
    .target(name: "CInsight"),
    .target(
      name: "InsightC",
      dependencies: ["CInsight", "Insight", "InsightJSON", "InsightPlatform"],
      swiftSettings: strict
    ),
    .target(
      name: "InsightTasks",
      dependencies: ["InsightJSON", "InsightNumerics", "InsightPlatform", "InsightText"],
      swiftSettings: strict
    ),
    .target(
      name: "InsightTraining",
      dependencies: [
        "Insight", "InsightJSON", "InsightNumerics", "InsightPlatform", "InsightTasks", "InsightText",
        .product(name: "RealModule", package: "swift-numerics"),
      ],
      swiftSettings: strict
    ),
    .target(
      name: "InsightExperiments",
      dependencies: [
        "Insight", "InsightJSON", "InsightNumerics", "InsightTasks", "InsightText", "InsightTraining",
        .product(name: "RealModule", package: "swift-numerics"),
      ],
      swiftSettings: strict
    ),
    .target(
      name: "InsightCLI",
      dependencies: [
        "Insight", "InsightExperiments", "InsightJSON", "InsightNumerics", "InsightPlatform", "InsightTasks",
        "InsightText", "InsightTraining",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict
    ),
    .target(
      name: "InsightTesting",
      dependencies: ["Insight", "InsightJSON", "InsightNumerics", "InsightTasks", "InsightTraining"],
      swiftSettings: strict
    ),
    // The tags of tests, for every test target.
    .target(name: "InsightTestTags", path: "Tests/InsightTestTags", swiftSettings: strict),
    .executableTarget(
      name: "InsightLauncher",
      dependencies: ["InsightCLI", .product(name: "ArgumentParser", package: "swift-argument-parser")],
      swiftSettings: strict
    ),
    .testTarget(name: "InsightTextTests", dependencies: ["InsightText"], swiftSettings: strict),
    .testTarget(name: "InsightJSONTests", dependencies: ["InsightJSON"], swiftSettings: strict),
    .testTarget(
      name: "InsightNumericsTests",
      dependencies: ["InsightNumerics", "InsightTestTags"],
      resources: [.copy("Resources")],
      swiftSettings: strict
    ),
    .testTarget(
      name: "InsightTests",
      dependencies: ["Insight", "InsightJSON", "InsightNumerics", "InsightTestTags", "InsightTesting"],
      resources: [.copy("Resources")],
      swiftSettings: strict
    ),
    .testTarget(
      name: "InsightTasksTests",
      dependencies: ["InsightTasks", "InsightTesting", "InsightNumerics"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "InsightTrainingTests",
      dependencies: ["InsightTraining", "InsightTesting", "InsightTasks", "Insight", "InsightNumerics"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "InsightExperimentsTests",
      dependencies: [
        "InsightExperiments", "InsightJSON", "InsightTraining", "InsightTasks", "Insight", "InsightNumerics",
      ],
      swiftSettings: strict
    ),
    .testTarget(
      name: "InsightCLITests",
      dependencies: [
        "InsightCLI", "InsightExperiments", "InsightJSON", "InsightText", "InsightTraining", "InsightTasks",
        "Insight", "InsightNumerics",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict
    ),
  ]
)
