public import ArgumentParser
public import Insight

extension CandidateSet: ExpressibleByArgument {}
