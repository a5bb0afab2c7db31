public import Foundation

/// The checkout that this program was built in, with the files that come beside its sources.
public enum Checkout {
  /// The file or folder `path` of the checkout, from wherever the program is called; nil where there is none.
  ///
  /// Looks in each folder above the program's own file, the nearest first: a build lies within its checkout.
  public static func url(of path: String) -> URL? {
    var folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    if !FileManager.default.fileExists(atPath: folder.path), let executable = Bundle.main.executableURL {
      folder = executable.resolvingSymlinksInPath()
    }
    while folder.path != "/" {
      folder.deleteLastPathComponent()
      let candidate = folder.appendingPathComponent(path)
      if FileManager.default.fileExists(atPath: candidate.path) { return candidate }
    }
    return nil
  }
}
