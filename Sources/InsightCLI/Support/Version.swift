/// The version of the package and of `insight`, also in `python/src/insight_rl/__init__.py` and
/// `CITATION.cff`.
public let insightVersion = "0.2.0"
