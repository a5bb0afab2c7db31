internal import Foundation
internal import Torch

/// Rotary position embedding (arXiv:2104.09864) in the half-rotation convention of Hugging Face.
///
/// Element i of a head's first half and element i of its second half form a pair, which is turned by
/// position · θ^(−2i/D).
struct RotaryEmbedding {
  private let cosines: Tensor
  /// Negative in the first half, so that a rotation is x·cos + (x with its halves exchanged)·sin.
  private let sines: Tensor

  /// The tables, `[positions][headSize]`, computed in double precision.
  init(_ configuration: TransformerConfiguration, on device: Device) throws(TorchError) {
    let size = configuration.headSize
    let half = size / 2
    let frequencies = (0..<half).map { pow(configuration.ropeTheta, -2 * Double($0) / Double(size)) }
    var cosines = [Float](repeating: 0, count: configuration.maximumPositions * size)
    var sines = cosines
    for position in 0..<configuration.maximumPositions {
      for (i, frequency) in frequencies.enumerated() {
        let angle = Double(position) * frequency
        let (first, second) = (position * size + i, position * size + half + i)
        cosines[first] = Float(cos(angle))
        cosines[second] = cosines[first]
        sines[first] = Float(-sin(angle))
        sines[second] = -sines[first]
      }
    }
    let shape = [configuration.maximumPositions, size]
    self.cosines = try Tensor(cosines, shape: shape, on: device)
    self.sines = try Tensor(sines, shape: shape, on: device)
  }

  private init(cosines: Tensor, sines: Tensor) {
    self.cosines = cosines
    self.sines = sines
  }

  /// The same tables in another precision.
  func converted(to type: ElementType) throws(TorchError) -> RotaryEmbedding {
    RotaryEmbedding(cosines: try cosines.to(type), sines: try sines.to(type))
  }

  /// The rotation of tokens at `positions`, `[tokens]`.
  func rotation(at positions: Tensor) throws(TorchError) -> Rotation {
    Rotation(cosines: try cosines.selecting(0, positions), sines: try sines.selecting(0, positions))
  }
}

/// The cosines and signed sines of tokens, `[tokens][headSize]`.
struct Rotation {
  let cosines: Tensor
  let sines: Tensor

  /// Turns queries or keys, `[tokens][heads][headSize]`.
  func callAsFunction(_ heads: Tensor) throws(TorchError) -> Tensor {
    try heads.rotated(cosines: cosines, sines: sines)
  }
}
