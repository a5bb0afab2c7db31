/// The symbols of tasks about numbers: the numbers 0 to 99, and `+ - * / ( ) , = :` and the space.
public let arithmeticSymbols = (0..<100).map(String.init) + "+-*/(),=: ".map(String.init)
