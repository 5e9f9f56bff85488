// SPDX-License-Identifier: GPL-2.0-only
#include "judge/reports.h"

#include <algorithm>
#include <array>
#include <format>

#include "judge/rule.h"

namespace mmuw {
namespace {

using enum Sign::Of;

constexpr std::array kPrefaultSigns = {Sign{"prefault-keeps-young"}};
constexpr std::array kObsoleteRootSigns = {Sign{"prefault-ends"}};
constexpr std::array kRingResetSigns = {Sign{"log-complete"}};
constexpr std::array kDropsDirtySigns = {Sign{"dirty-not-lost-in-race", kTolerated}};

constexpr std::array kDirtyAfterUnlockSigns = {Sign{"dirty-in-time"}, Sign{"tagged"},
                                               Sign{"durable"}};

constexpr std::array kPmlSigns = {Sign{"log-complete"}};

constexpr std::array kPinnedSigns = {Sign{"durable"}};
constexpr std::array kSmmMmioSigns = {Sign{"isolated"}};
constexpr std::array kNestedStateSigns = {Sign{"dirty-in-time"}};
constexpr std::array kDroppedSigns = {Sign{"quiet-kernel"}};
constexpr std::array kMigratedSigns = {Sign{"quiet-kernel"}};
constexpr std::array kCollapseSigns = {Sign{"isolated"}};
constexpr std::array kVsockNotLoggedSigns = {Sign{"log-complete"}};
constexpr std::array kScanOfMigratingSigns = {Sign{"quiet-kernel"}};

constexpr Report table[] = {
    {.name = "prefault-clears-accessed",
     .what = "KVM_PRE_FAULT_MEMORY clears the accessed bit of pages that are in use",
     .scenarios = "Prefault.Keeps*",
     .signs = kPrefaultSigns,
     .machine = "x86_64"},
    {.name = "prefault-obsolete-root",
     .what = "KVM_PRE_FAULT_MEMORY does not end when a memslot goes meanwhile",
     .scenarios = "Prefault.Ends*",
     .signs = kObsoleteRootSigns,
     .machine = "x86_64"},
    {.name = "dirty-ring-reset-signal",
     .what = "a signal during KVM_RESET_DIRTY_RINGS loses write protection",
     .scenarios = "RingReset.*:Turns.*/ring",  // the second by chance, also without the module
     .signs = kRingResetSigns,
     .disturbers = "signals",
     .repeat = 10},
    {.name = "make-spte-drops-dirty",
     .what = "a second fault replaces a dirty SPTE by a writable one that is not",
     .scenarios = "Race.*",
     .signs = kDropsDirtySigns,
     .repeat = 4,
     .machine = "x86_64"},
    {.name = "arm64-dirty-after-unlock",
     .what = "arm64 marks a folio dirty after it has dropped mmu_lock, when writeback may be over",
     .scenarios = "Staged.DirtyAfterUnlock:Writeback.GuestWrites*",
     .signs = kDirtyAfterUnlockSigns,
     .machine = "aarch64"},
    {.name = "pml-log-not-flushed",
     .what = "KVM_GET_DIRTY_LOG does not wait for what CPUs have in their PML buffers",
     .scenarios = "BufferedLog.IsFlushedByTheCollection",
     .signs = kPmlSigns,
     .machine = "x86_64"},
    {.name = "smm-mmio-cache",
     .what = "a vCPU in SMM takes memory for MMIO that is there by now",
     .scenarios = "TwoAddressSpaces.*",
     .signs = kSmmMmioSigns,
     .machine = "x86_64"},
    {.name = "nested-state-dirtied-unlocked",
     .what = "KVM marks the folio of a nested guest's state dirty with no lock held",
     .scenarios = "NestedGuest.HasItsStateInAFile*",
     .signs = kNestedStateSigns,
     .machine = "x86_64"},
    {.name = "pinned-folio-released",
     .what = "reclaim takes a filesystem's data from a pinned folio: ext4 loses what a device "
             "writes then, btrfs has an oops (FS=btrfs, 7.3)",
     .scenarios = "Pinned.*/reclaimed",
     .signs = kPinnedSigns},
    {.name = "btrfs-drops-device-writes",
     .what = "btrfs does not write back what a device has written to a mapped page (FS=btrfs)",
     .scenarios = "Pinned.*/synced",
     .signs = kDroppedSigns},
    {.name = "ext4-journal-migrated-page",
     .what = "a guest write to a migrated page ends the journal of ext4 with data=journal by a BUG "
             "(FS=ext4-journal, 6.1)",
     .scenarios = "MemoryChanges.*file_migrate",
     .signs = kMigratedSigns},
    {.name = "ext4-journal-collapse-loses-writes",
     .what = "ext4 with data=journal loses writes to a mapped file when a range of it is collapsed "
             "(FS=ext4-journal, 6.1)",
     .scenarios = "MemoryChanges.*file_close_up",
     .signs = kCollapseSigns},
    {.name = "vhost-vsock-not-logged",
     .what =
         "vhost-vsock writes packets to guest memory and does not log them, though it offers to",
     .scenarios = "*VhostLog.*vsock*",
     .signs = kVsockNotLoggedSigns},
    {.name = "scan-protects-migrating-page",
     .what = "PAGEMAP_SCAN leaves a migrating page writable and write-protected (kernels with "
             "CONFIG_PAGE_TABLE_CHECK)",
     .scenarios = "VmmLog.*huge_anonymous*",
     .signs = kScanOfMigratingSigns,
     .disturbers = "migration",
     .repeat = 10},
};

const RuleResult* result_of(const ScenarioResult& s, std::string_view rule) {
    const auto it = std::ranges::find(s.rules, rule, &RuleResult::rule);
    return it == s.rules.end() ? nullptr : &*it;
}

bool is_attached(const WitnessResult& witness, std::string_view any_of) {
    for (std::size_t at = 0; at <= any_of.size();) {
        const std::size_t end = std::min(any_of.find('|', at), any_of.size());
        if (std::ranges::contains(witness.attached, any_of.substr(at, end - at))) return true;
        at = end + 1;
    }
    return false;
}

// A rule that had nothing to say is in no scenario's list: could it have said something?
std::string why_not_judged(const RuleInfo& rule, const JudgeResult& result) {
    const auto kmod = result.host.find("kmod");
    if (kmod != result.host.end() && kmod->second == "false")
        return rule.end_to_end ? "" : "needs the module";
    for (const std::string_view hook : rule.hooks)
        if (!is_attached(result.witness, hook)) return std::format("hook {} missing", hook);
    return {};
}

// Teardown is of every run, and about nothing.
bool is_about(const ScenarioResult& s) {
    return !s.name.starts_with("Teardown.");
}

SignResult look_for(const Sign& sign, const JudgeResult& result) {
    SignResult out{.sign = sign};
    std::string unmet;  // of a scenario that never met its moment, or may not have
    const auto note = [&](Verdict v, const std::string& why) {
        if (v <= out.verdict) return;
        out.verdict = v;
        out.why = why;
    };
    for (const ScenarioResult& s : result.scenarios) {
        if (!is_about(s)) continue;
        const RuleResult* r = result_of(s, sign.rule);
        // A scenario that was tried may be skip by another of its rules.
        const bool skipped = r && r->verdict == Verdict::skip;
        const bool untried = s.verdict == Verdict::skip && s.trials == 0;
        if (skipped || untried) note(Verdict::skip, skipped ? r->why : s.why);
        if (s.verdict == Verdict::inconclusive)
            note(s.verdict, r && !r->why.empty() ? r->why : s.why);
        if (skipped || untried) continue;
        ++out.scenarios;
        out.trials += s.trials;
        if (!s.hits_known)
            unmet = std::format("{}: whether the moment was met is not known", s.name);
        else if (s.trials != 0 && s.hits == 0)
            unmet = std::format("{}: the staged moment was never met", s.name);
        if (!r) continue;
        const bool violations = sign.of == kViolations;
        out.trials_with += violations ? r->trials_failed : r->trials_tolerated;
        out.checked += r->checked;
        const std::uint64_t seen = violations ? r->violations : r->tolerated;
        out.seen += seen;
        out.scenarios_with += seen != 0;
        // A violation that may come of lost events is none.
        if (violations ? r->verdict == Verdict::fail : seen != 0) note(Verdict::fail, "");
    }
    // What could not be tried here matters only if nothing could.
    if (out.verdict == Verdict::skip && out.trials > 0) {
        out.verdict = Verdict::pass;
        out.why.clear();
    }
    if (out.verdict == Verdict::pass && out.trials > 0)
        if (const auto why = why_not_judged(*find_rule(sign.rule), result); !why.empty())
            note(Verdict::skip, why);
    if (out.verdict == Verdict::pass && (!unmet.empty() || out.trials == 0))
        note(Verdict::inconclusive, unmet.empty() ? "no trial" : unmet);
    return out;
}

}  // namespace

std::string_view counted(const Sign& sign) {
    return sign.of == kViolations ? "violations" : "tolerated";
}

std::span<const Report> reports() {
    return table;
}

const Report* find_report(std::string_view name) {
    const auto* it = std::ranges::find(table, name, &Report::name);
    return it == std::end(table) ? nullptr : it;
}

std::string page_of(const Report& report) {
    return std::format("docs/reports/{}.md", report.name);
}

bool is_for_report(const JudgeResult& result) {
    return result.host.contains("report");
}

std::optional<ReportResult> report_result(const JudgeResult& result) {
    const auto name = result.host.find("report");
    const Report* report = name == result.host.end() ? nullptr : find_report(name->second);
    if (!report) return {};
    ReportResult out{.report = report, .signs = {}};
    for (const Sign& sign : report->signs) out.signs.push_back(look_for(sign, result));
    // One sign is enough to show it, and one that could be looked for is enough to deny it.
    const auto any = [&](Verdict v) {
        const auto it = std::ranges::find(out.signs, v, &SignResult::verdict);
        if (it == out.signs.end()) return false;
        out.verdict = v;
        out.why = it->why;
        return true;
    };
    if (!any(Verdict::fail) && !any(Verdict::inconclusive) && !any(Verdict::pass))
        any(Verdict::skip);
    return out;
}

}  // namespace mmuw
