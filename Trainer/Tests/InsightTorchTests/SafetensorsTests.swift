import Foundation
import InsightNumerics
import Testing
import Torch

@testable import InsightTorch

@Suite struct SafetensorsTests {
  init() { useOneThread }

  /// Calls `body` with the path of a file with this header and `size` bytes of elements.
  private func withFile(_ header: String, size: Int, _ body: (String) throws -> Void) throws {
    try withTemporaryDirectory { directory in
      let length = UInt64(header.utf8.count)
      var data = Data((0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) })
      data += Data(header.utf8) + Data(count: size)
      try data.write(to: URL(fileURLWithPath: directory + "/file"))
      try body(directory + "/file")
    }
  }

  private func problem(_ header: String, size: Int = 8) throws -> SafetensorsError? {
    var found: SafetensorsError?
    try withFile(header, size: size) { path in
      found = #expect(throws: SafetensorsError.self) { try SafetensorsReader(path: path) }
    }
    return found
  }

  @Test func `tensors and metadata survive the file`() throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/file"
      let matrix = try Tensor([1, -2, 3.5, .pi, 0, 1e-30] as [Float], shape: [2, 3])
      let scalar = try Tensor([7] as [Float], shape: [])
      let empty = try Tensor([] as [Float], shape: [0, 4])
      try SafetensorsWriter.write(
        [("matrix", matrix), ("scalar", scalar), ("empty", empty)],
        metadata: ["step": "3"],
        to: path
      )
      let file = try SafetensorsReader(path: path)
      #expect(file.metadata == ["step": "3"])
      #expect(file.names == ["empty", "matrix", "scalar"])
      #expect(try file.tensor("matrix", shape: [2, 3], on: .cpu).floats() == matrix.floats())
      #expect(try file.tensor("scalar", shape: [], on: .cpu).floats() == [7])
      #expect(try file.tensor("empty", shape: [0, 4], on: .cpu).floats() == [])
    }
  }

  @Test func `bfloat16 is read as float32`() throws {
    let header = #"{"a":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}"#
    try withFile(header, size: 0) { path in
      let handle = try #require(FileHandle(forWritingAtPath: path))
      try handle.seekToEnd()
      // 1 and -2: the upper halves of their float32.
      try handle.write(contentsOf: Data([0x80, 0x3f, 0x00, 0xc0]))
      try handle.close()
      #expect(try SafetensorsReader(path: path).tensor("a", shape: [2], on: .cpu).floats() == [1, -2])
    }
  }

  @Test func `what is asked for and not there is named`() throws {
    let header =
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"I8","shape":[1],"data_offsets":[8,9]}}"#
    try withFile(header, size: 9) { path in
      let file = try SafetensorsReader(path: path)
      #expect(throws: SafetensorsError.missingTensor(path: path, name: "c")) {
        try file.tensor("c", shape: [2], on: .cpu)
      }
      #expect(throws: SafetensorsError.wrongShape(path: path, name: "a", expected: [1, 2], found: [2])) {
        try file.tensor("a", shape: [1, 2], on: .cpu)
      }
      #expect(throws: SafetensorsError.wrongType(path: path, name: "b", found: "I8")) {
        try file.tensor("b", shape: [1], on: .cpu)
      }
    }
  }

  @Test func `a file that ends early says how much is missing`() throws {
    let header = #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#
    let start = UInt64(8 + header.utf8.count)
    for size in 0..<8 {
      let found = try #require(try problem(header, size: size))
      guard case .truncated(_, start + 8, start + UInt64(size)) = found else {
        Issue.record("\(found)")
        return
      }
    }
    try withTemporaryDirectory { directory in
      let path = directory + "/file"
      try Data([1, 2, 3]).write(to: URL(fileURLWithPath: path))
      #expect(throws: SafetensorsError.truncated(path: path, expected: 8, found: 3)) {
        try SafetensorsReader(path: path)
      }
      try Data([200, 0, 0, 0, 0, 0, 0, 0]).write(to: URL(fileURLWithPath: path))
      #expect(throws: SafetensorsError.truncated(path: path, expected: 208, found: 8)) {
        try SafetensorsReader(path: path)
      }
      try Data(repeating: 255, count: 16).write(to: URL(fileURLWithPath: path))
      #expect(throws: SafetensorsError.self) { try SafetensorsReader(path: path) }
    }
  }

  @Test(arguments: [
    "[]", "{", #"{"a":1}"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}"#,
    #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,18446744073709551615]}}"#,
    // A gap before it, an overlap, a name that is there more than once, a size that its other type
    // contradicts.
    #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[2],"shape":[2],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"I64","shape":[2],"data_offsets":[0,8]}}"#,
  ])
  func `an impossible header is refused before anything is read`(header: String) throws {
    let found = try #require(try problem(header))
    guard case .malformedHeader = found else {
      Issue.record("\(found)")
      return
    }
  }

  @Test func `errors about a tensor name the file and the tensor`() throws {
    let overlapping =
      #"{"left":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"right":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#
    let text = try #require(try problem(overlapping)).description
    #expect(text.contains("/file") && text.contains("right overlaps left"))
    #expect(text.contains("begins at byte 4, expected 8"))
  }

  @Test func `bytes after the last tensor are refused`() throws {
    let header = #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#
    let start = UInt64(8 + header.utf8.count)
    for size in 9..<20 {
      guard case .trailingBytes(_, start + 8, start + UInt64(size)) = try problem(header, size: size) else {
        Issue.record("\(size) bytes were accepted")
        return
      }
    }
  }

  @Test func `no damage of a header is accepted as another table, and none traps`() throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/file"
      let tensors = try [
        (name: "a", tensor: Tensor([1, 2, 3, 4] as [Float], shape: [2, 2])),
        (name: "b", tensor: Tensor([5] as [Float], shape: [1])),
      ]
      try SafetensorsWriter.write(tensors, metadata: ["step": "3"], to: path)
      let whole = try Data(contentsOf: URL(fileURLWithPath: path))
      let headerEnd = whole.count - 5 * 4
      var generator = SeededGenerator(seed: 11)
      for _ in 0..<2_000 {
        var damaged = whole
        for _ in 0...Int(generator.next() % 3) {
          let place = Int(generator.next() % UInt64(headerEnd))
          switch generator.next() % 4 {
          case 0: damaged[place] ^= 1 << UInt8(generator.next() % 8)
          case 1: damaged[place] = UInt8(truncatingIfNeeded: generator.next())
          case 2: damaged[place] = UInt8(ascii: "0") + UInt8(generator.next() % 10)
          default: damaged = damaged.prefix(Int(generator.next() % UInt64(damaged.count)) + 1)
          }
          if damaged.count < headerEnd { break }
        }
        try damaged.write(to: URL(fileURLWithPath: path))
        // A name or a free text may have become another; the tensors that are found lie where they did.
        guard let file = try? SafetensorsReader(path: path) else { continue }
        #expect(damaged.count == whole.count)
        for (name, shape, values) in [("a", [2, 2], [1, 2, 3, 4]), ("b", [1], [5])]
          as [(String, [Int], [Float])]
        {
          guard let found = try? file.tensor(name, shape: shape, on: .cpu).floats() else { continue }
          #expect(found == values)
        }
      }
    }
  }

  @Test func `a file that is not there, or a folder that is not, is named`() throws {
    #expect(throws: SafetensorsError.self) { try SafetensorsReader(path: "/nowhere/file") }
    #expect(throws: SafetensorsError.self) { try SafetensorsWriter.write([], to: "/nowhere/file") }
  }
}
