import Testing
import Torch

@Suite struct TorchTests {
  init() { useOneThread }

  @Test func `the loaded library is the one that was compiled for`() throws {
    try LibTorch.require(.cpu)
  }

  @Test func `a device that is not there is refused`() {
    let device = Device.cuda(1000)
    #expect(throws: TorchError.noSuchDevice(device, available: Device.cudaCount)) {
      try LibTorch.require(device)
    }
  }

  @Test func `devices are read from the names that they print`() {
    for device in [Device.cpu, .cuda(0), .cuda(3)] { #expect(Device(name: device.description) == device) }
    #expect(Device(name: "cuda") == .cuda(0))
    for name in ["", "gpu", "cuda:", "cuda:-1", "cuda:x", "cuda:1:2"] { #expect(Device(name: name) == nil) }
  }

  @Test func `what libtorch throws becomes an error with its message`() throws {
    let tensor = try Tensor([1, 2, 3] as [Float], shape: [3])
    #expect {
      try tensor.narrowed(0, to: 1..<5)
    } throws: { error in
      guard case TorchError.operationFailed("narrow", let message) = error else { return false }
      return message.contains("exceeds dimension size")
    }
  }

  @Test func `values that do not fill a shape, or are of another type, are refused`() throws {
    #expect(throws: TorchError.shapeMismatch(shape: [2, 2], values: 3)) {
      try Tensor([1, 2, 3] as [Float], shape: [2, 2])
    }
    let tensor = try Tensor(indices: [1, 2])
    #expect(throws: TorchError.elementMismatch(expected: .float32, found: .int64)) { try tensor.floats() }
    #expect(try tensor.integers() == [1, 2])
  }

  @Test func `gradients add up until they are cleared, and are not recorded without`() throws {
    let x = try Tensor([3] as [Float], shape: [1])
    try x.setRequiresGradient(true)
    for expected in [6, 12] as [Float] {
      try (x * x).sum().backward()
      #expect(try x.gradient()?.floats() == [expected])
    }
    x.clearGradient()
    #expect(try x.gradient() == nil)
    let silent = try withoutGradients { () throws(TorchError) in try (x * x).sum() }
    #expect(throws: TorchError.self) { try silent.backward() }
  }
}
