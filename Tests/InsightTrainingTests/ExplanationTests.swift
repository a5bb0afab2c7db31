import Foundation
import InsightTraining
import Testing

@Suite struct `The explanation of an error` {
  private struct Row: Decodable {
    let name: String
  }

  private func explanation(_ body: () throws -> Void) -> String {
    do {
      try body()
      return ""
    } catch {
      return Explanation.of(error)
    }
  }

  @Test(arguments: [
    (CocoaError.Code.fileReadNoSuchFile, "No such file or directory"),
    (.fileWriteOutOfSpace, "No space left on device"),
    (.fileWriteInvalidFileName, "the name is too long or not possible"),
    (.fileReadTooLarge, "it is too large"),
    (.fileReadUnknown, "the system refuses it (code 256)"),
  ])
  func `is a sentence for what Foundation throws`(code: CocoaError.Code, expected: String) {
    #expect(explanation { throw CocoaError(code) } == expected)
  }

  @Test func `is the system's sentence, also below an error of Foundation`() {
    let system = NSError(domain: NSPOSIXErrorDomain, code: Int(EDQUOT))
    let above = CocoaError(.fileWriteUnknown, userInfo: [NSUnderlyingErrorKey: system])
    #expect(explanation { throw above } == Explanation.system(EDQUOT))
    #expect(explanation { throw POSIXError(.ENOSPC) } == "No space left on device")
    let missing = explanation { _ = try Data(contentsOf: URL(fileURLWithPath: "/nowhere/file")) }
    #expect(missing == "No such file or directory")
  }

  @Test func `names the key that does not fit, for a decoder of this package and for Foundation's`() {
    let text = Data(#"{"name": 3}"#.utf8)
    let own = explanation { _ = try StrictJSON.decode(Row.self, from: text) }
    #expect(own == "name is the number 3, expected text")
    #expect(explanation { _ = try JSONDecoder().decode(Row.self, from: text) } == "name is not text")
  }
}
