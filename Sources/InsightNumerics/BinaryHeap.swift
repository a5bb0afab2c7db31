/// A heap: the least of its elements is first, and adding or replacing one costs O(log *n*).
///
/// Written here because Swift's standard library has none, and swift-collections would be a dependency for
/// these lines. Public, because the compiler does not specialise a generic type of the package in its other
/// modules, which makes a draw three times as slow.
public struct BinaryHeap<Element: Comparable> {
  // No element is less than its parent, the one at (its place − 1)/2.
  @usableFromInline var storage: [Element]

  /// The elements, the least first and the others in no particular order.
  @inlinable public var elements: [Element] { storage }

  /// A heap of `elements`, in O(*n*).
  @inlinable
  public init(_ elements: [Element] = []) {
    storage = elements
    for root in (0..<elements.count / 2).reversed() { siftDown(from: root) }
  }

  /// How many elements there are.
  @inlinable public var count: Int { storage.count }

  /// The least element.
  @inlinable public var first: Element? { storage.first }

  /// Adds `element`.
  @inlinable
  public mutating func insert(_ element: Element) {
    storage.append(element)
    var hole = storage.count - 1
    while hole > 0, element < storage[(hole - 1) / 2] {
      storage[hole] = storage[(hole - 1) / 2]
      hole = (hole - 1) / 2
    }
    storage[hole] = element
  }

  /// Puts `element` in the place of the least one.
  /// - Precondition: There is one.
  @inlinable
  public mutating func replaceFirst(with element: Element) {
    storage[0] = element
    siftDown(from: 0)
  }

  /// Removes the least element.
  /// - Precondition: There is one.
  @inlinable
  public mutating func removeFirst() {
    storage.swapAt(0, storage.count - 1)
    storage.removeLast()
    if !storage.isEmpty { siftDown(from: 0) }
  }

  /// Moves the element at `root` down until no child is less.
  @inlinable
  public mutating func siftDown(from root: Int) {
    let element = storage[root]
    var hole = root
    while true {
      var child = 2 * hole + 1
      if child >= storage.count { break }
      if child + 1 < storage.count, storage[child + 1] < storage[child] { child += 1 }
      if !(storage[child] < element) { break }
      storage[hole] = storage[child]
      hole = child
    }
    storage[hole] = element
  }
}
