import Foundation
import InsightTasks
import Testing

@Suite struct PromptTests {
  private let chat = Prompt.messages([
    .init(role: "system", content: "Answer in one word."), .init(role: "user", content: "Ready?"),
  ])

  @Test func `a prompt is a string or a list of messages in JSON, and comes back as it was`() throws {
    for (prompt, json) in [
      (Prompt.text("3,5=8:"), #""3,5=8:""#),
      (
        chat,
        #"[{"content":"Answer in one word.","role":"system"},{"content":"Ready?","role":"user"}]"#
      ),
    ] {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys]
      #expect(String(decoding: try encoder.encode(prompt), as: UTF8.self) == json)
      #expect(try JSONDecoder().decode(Prompt.self, from: Data(json.utf8)) == prompt)
    }
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(Prompt.self, from: Data("7".utf8)) }
  }

  @Test func `messages are shown with who says them`() {
    #expect(chat.description == "system: Answer in one word.\nuser: Ready?")
    #expect(Prompt.text("3,5=8:").description == "3,5=8:")
  }
}
