/// The prompts that can be chosen: distinct ids, in the order in which they were added.
///
/// Ids are any strings that are not empty, compared byte by byte in UTF-8. They are stored once, end to end,
/// with four bytes for the start of each and eight to find it: 100 million ids of 15 bytes take 2.7 GB.
public struct PromptPool: Sendable {
  private(set) var bytes: [UInt8] = []
  /// The start of each id, relative to its block's base.
  private(set) var starts: [UInt32] = []
  /// The start of each block of ids; blocks keep `starts` small for any total length of the ids.
  private(set) var bases: [Int] = []
  /// Positions by hash, linearly probed.
  private var slots: [UInt32] = []
  /// Eight bits of each slot's hash, so that a probe rarely has to look at an id; `vacant` if the slot is
  /// empty.
  private var tags: [UInt8] = []

  private static let blockBits = 6
  private static let vacant: UInt8 = 0
  /// Positions are 32-bit numbers throughout the engine.
  static let largestCount = Int(Int32.max)

  /// No prompts.
  public init() {}

  /// The prompts called `ids`.
  /// - Throws: ``SelectionError`` for an empty or repeated id.
  public init(_ ids: some Sequence<String>) throws(SelectionError) {
    reserveCapacity(ids.underestimatedCount)
    for id in ids { try append(id) }
  }

  /// The number of prompts.
  public var count: Int { starts.count }

  /// Makes room for `count` prompts, whose ids have `bytesPerID` bytes on average.
  public mutating func reserveCapacity(_ count: Int, bytesPerID: Int = 0) {
    guard count > self.count, count <= Self.largestCount else { return }
    starts.reserveCapacity(count)
    if bytesPerID > 0 { bytes.reserveCapacity(count * bytesPerID) }
    if Self.slotCount(for: count) > slots.count { rehash(slotCount: Self.slotCount(for: count)) }
  }

  /// Adds a prompt at the end.
  /// - Throws: ``SelectionError`` for an empty id, one that is there already, or more than 2³¹ − 1 prompts.
  public mutating func append(_ id: String) throws(SelectionError) {
    var id = id
    let result: Result<Void, SelectionError> = id.withUTF8 { utf8 in
      guard !utf8.isEmpty else { return .failure(.emptyIdentifier(position: count)) }
      return appendBytes(utf8)
    }
    try result.get()
  }

  private mutating func appendBytes(_ id: UnsafeBufferPointer<UInt8>) -> Result<Void, SelectionError> {
    let position = count
    guard position < Self.largestCount else { return .failure(.poolTooLarge) }
    if Self.slotCount(for: position + 1) > slots.count {
      rehash(slotCount: Swift.max(Self.slotCount(for: position + 1), slots.count * 2))
    }
    let hash = Self.hash(id)
    let slot = self.slot(of: id, hash: hash)
    if tags[slot] != Self.vacant {
      let first = Int(slots[slot])
      return .failure(.duplicatePrompt(id: self[first], first: first, second: position))
    }
    let start = bytes.count
    if position & (1 << Self.blockBits - 1) == 0 { bases.append(start) }
    guard let relative = UInt32(exactly: start - bases[position >> Self.blockBits]) else {
      return .failure(.identifierTooLong(position: position))
    }
    slots[slot] = UInt32(position)
    tags[slot] = Self.tag(hash)
    starts.append(relative)
    bytes.append(contentsOf: id)
    return .success(())
  }

  /// The id of the prompt at `position`.
  public subscript(position: Int) -> String {
    bytes.withUnsafeBufferPointer { String(decoding: $0[range(of: position)], as: UTF8.self) }
  }

  /// The position of the prompt called `id`; `nil` if there is none.
  public func position(of id: String) -> Int? {
    guard count > 0 else { return nil }
    var id = id
    let slot = id.withUTF8 { self.slot(of: $0, hash: Self.hash($0)) }
    return tags[slot] == Self.vacant ? nil : Int(slots[slot])
  }

  private func range(of position: Int) -> Range<Int> {
    let start = self.start(of: position)
    return start..<(position + 1 < count ? self.start(of: position + 1) : bytes.count)
  }

  private func start(of position: Int) -> Int {
    bases[position >> Self.blockBits] + Int(starts[position])
  }

  // MARK: Hashing

  /// The table is at most two thirds full.
  private static func slotCount(for count: Int) -> Int { count + count / 2 + 1 }

  /// The slot that holds `id`, or the vacant one where it belongs.
  private func slot(of id: UnsafeBufferPointer<UInt8>, hash: UInt64) -> Int {
    let tag = Self.tag(hash)
    return bytes.withUnsafeBufferPointer { bytes -> Int in
      var slot = home(of: hash)
      while tags[slot] != Self.vacant {
        if tags[slot] == tag {
          let other = range(of: Int(slots[slot]))
          if other.count == id.count, UnsafeBufferPointer<UInt8>(rebasing: bytes[other]).elementsEqual(id) {
            break
          }
        }
        slot += 1
        if slot == slots.count { slot = 0 }
      }
      return slot
    }
  }

  /// The slot that the search for a hash starts at, by its high bits.
  private func home(of hash: UInt64) -> Int {
    Int(hash.multipliedFullWidth(by: UInt64(slots.count)).high)
  }

  /// The hash's low bits, but for the value that means vacant.
  private static func tag(_ hash: UInt64) -> UInt8 { Swift.max(1, UInt8(truncatingIfNeeded: hash)) }

  private mutating func rehash(slotCount: Int) {
    slots = Array(repeating: 0, count: slotCount)
    tags = Array(repeating: Self.vacant, count: slotCount)
    bytes.withUnsafeBufferPointer { bytes in
      for position in 0..<count {
        let hash = Self.hash(UnsafeBufferPointer(rebasing: bytes[range(of: position)]))
        var slot = home(of: hash)
        while tags[slot] != Self.vacant { slot = slot + 1 == slotCount ? 0 : slot + 1 }
        slots[slot] = UInt32(position)
        tags[slot] = Self.tag(hash)
      }
    }
  }

  /// A hash of the bytes, taken eight at a time and folded by a full-width product.
  ///
  /// It does not resist attackers, since ids come from data sets.
  private static func hash(_ id: UnsafeBufferPointer<UInt8>) -> UInt64 {
    var state = UInt64(id.count) ^ 0x9e37_79b9_7f4a_7c15
    var index = 0
    while index < id.count {
      var word: UInt64 = 0
      for offset in 0..<Swift.min(8, id.count - index) {
        word |= UInt64(id[index + offset]) << (8 * UInt64(offset))
      }
      let product = (state ^ word).multipliedFullWidth(by: 0xd6e8_feb8_6659_fd93)
      state = product.high ^ product.low
      index += 8
    }
    let product = (state ^ 0xa076_1d64_78bd_642f).multipliedFullWidth(by: 0xe703_7ed1_a0b4_28db)
    return product.high ^ product.low
  }
}

extension PromptPool: Equatable {
  /// Whether both pools hold the same ids in the same order.
  public static func == (lhs: PromptPool, rhs: PromptPool) -> Bool {
    lhs.starts == rhs.starts && lhs.bases == rhs.bases && lhs.bytes == rhs.bytes
  }
}

extension PromptPool: RandomAccessCollection {
  /// The first position.
  public var startIndex: Int { 0 }
  /// The position after the last.
  public var endIndex: Int { count }

  // MARK: Columns

  /// The pool with these columns.
  /// - Throws: ``SelectionError`` if the columns do not fit together or hold an id twice.
  init(bytes: [UInt8], starts: [UInt32], bases: [Int]) throws(SelectionError) {
    self.bytes = bytes
    self.starts = starts
    self.bases = bases
    guard starts.count <= Self.largestCount, bases.count == (starts.count + 63) >> Self.blockBits else {
      throw SelectionError.snapshot("its ids are damaged")
    }
    var end = 0
    for position in 0..<count {
      let base = bases[position >> Self.blockBits]
      guard base >= 0, base <= bytes.count, position == 0 ? start(of: 0) == 0 : start(of: position) > end,
        start(of: position) < bytes.count
      else {
        throw SelectionError.snapshot("its ids are damaged at prompt \(position)")
      }
      end = start(of: position)
    }
    slots = Array(repeating: 0, count: Self.slotCount(for: count))
    tags = Array(repeating: Self.vacant, count: slots.count)
    let duplicate: (first: Int, second: Int)? = bytes.withUnsafeBufferPointer { bytes in
      for position in 0..<count {
        let id = UnsafeBufferPointer(rebasing: bytes[range(of: position)])
        let hash = Self.hash(id)
        let slot = self.slot(of: id, hash: hash)
        guard tags[slot] == Self.vacant else {
          return (Int(slots[slot]), position)
        }
        slots[slot] = UInt32(position)
        tags[slot] = Self.tag(hash)
      }
      return nil
    }
    if let duplicate {
      throw SelectionError.snapshot("prompts \(duplicate.first) and \(duplicate.second) have one id")
    }
  }
}
