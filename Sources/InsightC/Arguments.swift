internal import CInsight
internal import InsightPlatform

// What C code hands over, checked: nothing here may trap, whatever comes.

/// Runs `body` and says in `error` what went wrong.
func answer(_ error: UnsafeMutablePointer<insight_error>?, _ body: () throws -> Void) -> insight_status {
  do {
    try body()
    error?.pointee.status = insight_status(INSIGHT_OK)
    error?.pointee.message.0 = 0
    return insight_status(INSIGHT_OK)
  } catch let problem {
    let failure = Failure(problem)
    if let error {
      error.pointee.status = insight_status(failure.status)
      withUnsafeMutableBytes(of: &error.pointee.message) { copy(failure.message, into: $0) }
    }
    return insight_status(failure.status)
  }
}

/// Copies as many whole characters as there is room for, and a final 0.
private func copy(_ message: String, into buffer: UnsafeMutableRawBufferPointer) {
  var utf8 = Array(message.utf8.prefix(buffer.count - 1))
  if utf8.count < message.utf8.count {
    // Not in the middle of a scalar.
    while let last = utf8.last, last & 0xC0 == 0x80 { utf8.removeLast() }
    if let last = utf8.last, last >= 0xC0 { utf8.removeLast() }
  }
  buffer.copyBytes(from: utf8)
  buffer[utf8.count] = 0
}

/// The buffer of `count` elements at `pointer`.
func buffer<Element>(
  _ pointer: UnsafePointer<Element>?,
  _ count: Int64,
  _ name: String
) throws(Failure) -> UnsafeBufferPointer<Element> {
  let count = try checked(count, of: name, pointer == nil)
  return UnsafeBufferPointer(start: pointer, count: count)
}

/// The buffer of `count` elements at `pointer`, to be filled.
func buffer<Element>(
  _ pointer: UnsafeMutablePointer<Element>?,
  _ count: Int64,
  _ name: String
) throws(Failure) -> UnsafeMutableBufferPointer<Element> {
  let count = try checked(count, of: name, pointer == nil)
  return UnsafeMutableBufferPointer(start: pointer, count: count)
}

private func checked(_ count: Int64, of name: String, _ isMissing: Bool) throws(Failure) -> Int {
  guard (0...Int64(Int32.max) + 1).contains(count) else {
    throw .argument("\(count) entries of \(name) were announced; expected 0 to 2³¹")
  }
  guard count == 0 || !isMissing else { throw .argument("\(name) is NULL, and has \(count) entries") }
  return Int(count)
}

/// What a result is written to.
func target<Value>(_ pointer: UnsafeMutablePointer<Value>?, _ name: String) throws(Failure)
  -> UnsafeMutablePointer<Value>
{
  guard let pointer else { throw .argument("\(name) is NULL, and a result was to be written there") }
  return pointer
}

/// A text that ends with 0.
func text(_ pointer: UnsafePointer<CChar>?, _ name: String) throws(Failure) -> String {
  guard let pointer else { throw .argument("\(name) is NULL, expected a text") }
  guard let text = String(validatingCString: pointer) else { throw .argument("\(name) is not valid UTF-8") }
  return text
}

/// `offsets` that ascend from 0 or more, one more of them than `count`.
func ranges(
  _ pointer: UnsafePointer<Int64>?,
  _ count: Int64,
  _ name: String
) throws(Failure) -> UnsafeBufferPointer<Int64> {
  guard count > 0 else {
    _ = try buffer(pointer, count, name)
    return UnsafeBufferPointer(start: nil, count: 0)
  }
  let offsets = try buffer(pointer, count &+ 1, name)
  var previous = offsets[0]
  guard previous >= 0 else { throw .argument("\(name) start at \(previous), expected 0 or more") }
  for (index, offset) in offsets.enumerated() {
    guard offset >= previous else {
      throw .argument("entry \(index) of \(name) is \(offset), below the one before it, \(previous)")
    }
    previous = offset
  }
  return offsets
}

/// Calls `body` with each of `strings`.
func forEach(
  _ strings: UnsafePointer<insight_strings>?,
  _ name: String,
  _ body: (String) throws -> Void
) throws {
  guard let strings = strings?.pointee else { throw Failure.argument("\(name) is NULL, expected strings") }
  let offsets = try ranges(strings.offsets, strings.count, "\(name).offsets")
  guard let end = offsets.last else { return }
  guard let bytes = strings.bytes ?? (end == 0 ? UnsafePointer(bitPattern: 1) : nil) else {
    throw Failure.argument("\(name).bytes is NULL, and has \(end) bytes")
  }
  for index in 0..<(offsets.count - 1) {
    let start = Int(offsets[index])
    let utf8 = UnsafeRawBufferPointer(start: bytes + start, count: Int(offsets[index + 1]) - start)
    guard let string = String(validating: utf8, as: UTF8.self) else {
      throw Failure.argument("string \(index) of \(name) is not valid UTF-8")
    }
    try body(string)
  }
}

/// A copy of `bytes` that C code gives back.
func made(_ bytes: UnsafeRawBufferPointer) throws(Failure) -> insight_bytes {
  guard let copy = malloc(max(bytes.count, 1)) else {
    throw .argument("there is no memory for \(bytes.count) bytes")
  }
  if let source = bytes.baseAddress { copy.copyMemory(from: source, byteCount: bytes.count) }
  return insight_bytes(bytes: copy.assumingMemoryBound(to: UInt8.self), count: Int64(bytes.count))
}

func made(_ text: String) throws(Failure) -> insight_bytes {
  var text = text
  do { return try text.withUTF8 { try made(UnsafeRawBufferPointer($0)) } } catch { throw Failure(error) }
}
