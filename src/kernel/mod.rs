//! Array expressions: graph, IR, passes, reference evaluator.
