public import Testing

extension Tag {
  /// Laws over a registry or a grid, which a new method, task or policy has to keep.
  @Tag public static var law: Self
  /// Values that an independent implementation computed.
  @Tag public static var reference: Self
  /// Draws against the distribution that they are meant to have, with a fixed seed and a stated bound.
  @Tag public static var statistical: Self
  /// More than a second or so.
  @Tag public static var slow: Self
}
