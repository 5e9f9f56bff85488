// SPDX-License-Identifier: GPL-2.0-only
// quiet-kernel: no WARN, BUG, lockdep splat or taint beyond the module's own.
#include "judge/rules/rules.h"

namespace mmuw {
namespace {

class QuietKernel : public Rule {
  public:
    void on(const Event& e, const Ledger&, Findings& found) override {
        if (e.kind == Kind::note) {
            if (e.note.kind == MMUWITNESS_NOTE_KERNEL_LOG && line_.empty())
                line_ = e.note.text.view();
            return;
        }
        const auto log = mark_of<mark::KernelLog>(e);
        if (!log) return;
        found.checked();
        if (log->suspicious || log->taint)
            found.violation(
                {},
                std::format("{} suspicious kernel log lines, taint {:#x} gained{}{}",
                            log->suspicious, log->taint, line_.empty() ? "" : ": ", line_),
                Proof::marks);
        line_.clear();
    }

  private:
    std::string line_;  // the first that was quoted
};

}  // namespace

const RuleInfo quiet_kernel_rule = {
    .id = "quiet-kernel",
    .statement = "no WARN, BUG, lockdep or taint beyond the module's own",
    .tolerates = "nothing",
    .origin = "all",
    .hooks = {},
    .events = kinds(Kind::mark, Kind::note),
    .make = make_rule<QuietKernel>,
    .end_to_end = true,
    .everywhere = true,
};

}  // namespace mmuw
