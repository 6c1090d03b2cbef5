import dev.coppice.library.envelope.Orchestration;

/// The default orchestration of document 000: code_generator_1, code_reviewer_1, tester_1 and documenter_1 work at the
/// same time on this folder's repository, with 300 s each, by the agent that `coppice.yaml` names (Claude Code where it
/// names none). Prints the summary, and writes `orchestration_results.json` and `orchestrator_audit.log`.
void main() throws InterruptedException {
    Orchestration.main();
}
