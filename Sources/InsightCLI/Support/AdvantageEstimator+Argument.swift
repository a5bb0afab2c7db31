public import ArgumentParser
public import InsightTraining

extension AdvantageEstimator: ExpressibleByArgument {}
