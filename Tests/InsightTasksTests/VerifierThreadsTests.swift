import Dispatch
import Foundation
import InsightTasks
import Synchronization
import Testing

@Suite struct VerifierThreadsTests {
  @Test(arguments: [1, 2, 7])
  func `values come back in the order of the items, whatever the number of threads`(threads: Int) async {
    let values = await VerifierThreads.map(Array(0..<500), timeLimit: .seconds(60), threads: threads) {
      $0 * $0
    }
    #expect(values == (0..<500).map { $0 * $0 })
    #expect(await VerifierThreads.map([Int](), timeLimit: .seconds(60), threads: threads) { $0 } == [])
  }

  @Test func `what hangs is missing, and what comes after it is judged, also on a single thread`() async {
    let release = DispatchSemaphore(value: 0)
    let values = await VerifierThreads.map(Array(0..<6), timeLimit: .milliseconds(200), threads: 1) { item in
      // Two items wait for something that only comes when all is over.
      if item == 1 || item == 5 { release.wait() }
      return item
    }
    release.signal()
    release.signal()
    #expect(values == [0, nil, 2, 3, 4, nil])
  }

  @Test func `a result that comes too late is dropped`() async {
    let release = DispatchSemaphore(value: 0)
    let isLate = Mutex(false)
    let values = await VerifierThreads.map([0, 1], timeLimit: .milliseconds(200), threads: 1) { item in
      if item == 0 {
        release.wait()
        isLate.withLock { $0 = true }
      } else {
        // The first item goes on while the second is at work, and still has no value in the end.
        release.signal()
        while !isLate.withLock({ $0 }) {}
      }
      return item
    }
    #expect(values == [nil, 1])
  }
}
