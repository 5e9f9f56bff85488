// SPDX-License-Identifier: GPL-2.0-only
#include "judge/known_bugs.h"

#include <fnmatch.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>
#include <utility>

#include "judge/rule.h"
#include "kmod/uapi/mmuwitness.h"

namespace mmuw {
namespace {

constexpr ExpectedFailure kPrefault[] = {{"prefault-keeps-young", "Prefault.*"}};

// Without a gate it is seen as one or the other: a notifier that removes the SPTE first has
// mmu_lock, and the folio is not marked yet. What comes of it on the disk is seen where it is
// staged.
constexpr ExpectedFailure kDirtyAfterUnlock[] = {
    {"dirty-in-time", "*"},
    {"dirty-reaches-folio", "*"},
    {"tagged", "Staged.DirtyAfterUnlock"},
    {"durable", "Staged.DirtyAfterUnlock"},
    {"nothing-left", "Staged.DirtyAfterUnlock"},
};

constexpr ExpectedFailure kObsoleteRoot[] = {{"prefault-ends", "Prefault.Ends*"}};
// Not staged: in 6.12 whenever a memslot has gone, in 7.2 if it goes after kvm_mmu_reload().
constexpr ExpectedFailure kObsoleteRootByChance[] = {{"prefault-ends", "*Prefault*"}};

constexpr ExpectedFailure kRingReset[] = {{"log-complete", "RingReset.*"}};
constexpr ExpectedFailure kRingResetByChance[] = {{"log-complete", "*ring*"}};

constexpr ExpectedFailure kPmlNotFlushed[] = {
    {"log-complete", "BufferedLog.IsFlushedByTheCollection"}};

// The bytes are lost, and the filesystem warns.
constexpr ExpectedFailure kPinnedReleased[] = {{"durable", "Pinned.*/reclaimed"},
                                               {"quiet-kernel", "Pinned.*/reclaimed"}};
constexpr ExpectedFailure kDeviceWriteDropped[] = {{"quiet-kernel", "Pinned.*"}};

constexpr ExpectedFailure kSmmMmioCache[] = {{"isolated", "TwoAddressSpaces.*"}};

constexpr ExpectedFailure kNestedState[] = {{"dirty-in-time", "*NestedGuest.HasItsStateInAFile*"}};

constexpr ExpectedFailure kCollapseLosesWrites[] = {{"isolated", "*MemoryChanges.*file_close_up"}};

constexpr ExpectedFailure kVsockNotLogged[] = {{"log-complete", "*VhostLog.*vsock*"}};

// One warning, and its call trace: what else the kernel says is no part of this.
constexpr ExpectedFailure kScanOfMigrating[] = {
    {"quiet-kernel", "*VmmLog.*",
     "*2 suspicious kernel log lines*WARNING*mm/page_table_check.c:*"}};

// Add a bug with its report, never without: a rule that fails for a reason nobody has
// understood must fail.
constexpr KnownBug bugs[] = {
    {.failures = kPrefault,
     .since = "6.11",
     .fixed = "6.13",
     .machine = {},
     .page = "docs/reports/prefault-clears-accessed.md"},
    {.failures = kObsoleteRoot,
     .since = "6.11",
     .fixed = {},
     .machine = "x86_64",
     .page = "docs/reports/prefault-obsolete-root.md"},
    {.failures = kObsoleteRootByChance,
     .since = "6.11",
     .fixed = {},
     .machine = "x86_64",
     .page = "docs/reports/prefault-obsolete-root.md",
     .disturber = "memslots"},
    // Releases between 6.1, which has it not, and 6.12 have not been looked at.
    {.failures = kDirtyAfterUnlock,
     .since = "6.12",
     .fixed = "6.13",
     .machine = "aarch64",
     .page = "docs/reports/arm64-dirty-after-unlock.md"},
    // Releases between 6.12, which has it not, and 7.2 have not been looked at.
    {.failures = kRingReset,
     .since = "7.2",
     .fixed = {},
     .machine = {},
     .page = "docs/reports/dirty-ring-reset-signal.md"},
    {.failures = kRingResetByChance,
     .since = "7.2",
     .fixed = {},
     .machine = {},
     .page = "docs/reports/dirty-ring-reset-signal.md",
     .disturber = "signals"},
    // By the code since 4.0, where PML came; 6.1 is the oldest that was looked at.
    {.failures = kPmlNotFlushed,
     .since = "6.1",
     .fixed = {},
     .machine = "x86_64",
     .page = "docs/reports/pml-log-not-flushed.md"},
    // Releases between 6.1 and 6.12, which has it not, have not been looked at.
    {.failures = kSmmMmioCache,
     .since = "6.1",
     .fixed = "6.2",
     .machine = "x86_64",
     .page = "docs/reports/smm-mmio-cache.md"},
    // Since 6.13 as well by the code, where it is inlined and so not witnessed.
    {.failures = kNestedState,
     .since = "6.1",
     .fixed = "6.13",
     .machine = "x86_64",
     .page = "docs/reports/nested-state-dirtied-unlocked.md"},
    // Where the kernel checks its page tables (CONFIG_PAGE_TABLE_CHECK); in 7.3 by the code.
    {.failures = kScanOfMigrating,
     .since = "6.12",
     .fixed = {},
     .machine = "x86_64",
     .page = "docs/reports/scan-protects-migrating-page.md",
     .disturber = "migration"},
    // Releases between 6.1 and 6.12, which has it not, have not been looked at.
    {.failures = kCollapseLosesWrites,
     .since = "6.1",
     .fixed = "6.2",
     .machine = {},
     .page = "docs/reports/ext4-journal-collapse-loses-writes.md",
     .filesystem = "ext4-journal"},
    // Releases before 6.1 have not been looked at.
    {.failures = kVsockNotLogged,
     .since = "6.1",
     .fixed = {},
     .machine = {},
     .page = "docs/reports/vhost-vsock-not-logged.md"},
    // By reclaim itself.
    {.failures = kPinnedReleased,
     .since = "6.1",
     .fixed = "6.2",
     .machine = {},
     .page = "docs/reports/pinned-folio-released.md",
     .filesystem = "ext4"},
    // By a split. ext4 has large folios since 6.16; releases before 7.2 have not been looked at.
    {.failures = kPinnedReleased,
     .since = "7.2",
     .fixed = {},
     .machine = {},
     .page = "docs/reports/pinned-folio-released.md",
     .filesystem = "ext4"},
    // Releases between 6.1, which has it not, and 6.12, and between that and 7.3, have not been
    // looked at.
    {.failures = kDeviceWriteDropped,
     .since = "6.12",
     .fixed = "6.13",
     .machine = {},
     .page = "docs/reports/btrfs-drops-device-writes.md",
     .filesystem = "btrfs"},
};

using Release = std::pair<unsigned, unsigned>;

// "6.12.107+deb13-amd64": 6, 12
std::optional<Release> release_of(std::string_view release) {
    const std::string text(release);
    Release r;
    const char* const end = text.data() + text.size();
    const auto [dot, major] = std::from_chars(text.data(), end, r.first);
    if (major != std::errc() || dot == end || *dot != '.') return std::nullopt;
    if (std::from_chars(dot + 1, end, r.second).ec != std::errc()) return std::nullopt;
    return r;
}

bool is_older(const Release& running, std::string_view release) {
    const auto other = release_of(release);
    return other && running < *other;
}

bool matches(std::string_view pattern, std::string_view text) {
    return fnmatch(std::string(pattern).c_str(), std::string(text).c_str(), 0) == 0;
}

const KnownBug* documented(std::string_view rule, std::string_view says,
                           const ScenarioResult& scenario, const RunningKernel& kernel) {
    const auto running = release_of(kernel.release);
    if (!running) return nullptr;
    const auto explains = [&](const ExpectedFailure& f) {
        return f.rule == rule && matches(f.scenarios, scenario.name) && matches(f.says, says);
    };
    const auto disturbed = [&](std::string_view name) {
        return name.empty() ||
               std::ranges::contains(scenario.disturbances, name, &Disturbance::name);
    };
    for (const KnownBug& bug : bugs)
        if (!is_older(*running, bug.since) &&
            (bug.fixed.empty() || is_older(*running, bug.fixed)) && disturbed(bug.disturber) &&
            (bug.machine.empty() || bug.machine == kernel.machine) &&
            (bug.filesystem.empty() || bug.filesystem == kernel.filesystem) &&
            std::ranges::any_of(bug.failures, explains))
            return &bug;
    return nullptr;
}

bool concerns(const LabBug& bug, const ScenarioResult& scenario, const RunningKernel& kernel) {
    return !kernel.release.empty() && matches(bug.kernel, kernel.release) &&
           matches(bug.scenarios, scenario.name);
}

}  // namespace

std::optional<std::string> known_bug(std::string_view rule, std::string_view says,
                                     const ScenarioResult& scenario, const RunningKernel& kernel) {
    if (const KnownBug* bug = documented(rule, says, scenario, kernel))
        return std::format("{} ({})", bug->page,
                           bug->fixed.empty()
                               ? "not fixed yet"
                               : std::format("not known of {} and later", bug->fixed));
    for (const auto& [bug, checked, violations] : kernel.lab)
        if (bug.rule == rule && concerns(bug, scenario, kernel)) return bug.reason;
    return {};
}

Result<LabBug> parse_lab_bug(std::string_view line) {
    std::istringstream words{std::string(line)};
    LabBug bug;
    words >> bug.rule >> bug.scenarios >> bug.kernel >> std::ws;
    std::getline(words, bug.reason);
    if (bug.reason.empty()) return error("not RULE SCENARIOS KERNEL REASON");
    if (find_rule(bug.rule) == nullptr)
        return error("unknown rule '{}': see mmuwitness list --rules", bug.rule);
    return bug;
}

// As a note: "known LINE", with its NUL.
constexpr std::size_t kLongest = MMUWITNESS_TEXT_LEN - sizeof "known ";

std::string to_line(const LabBug& bug) {
    return std::format("{} {} {} {}", bug.rule, bug.scenarios, bug.kernel, bug.reason);
}

Result<std::vector<LabBug>> read_lab_bugs(const std::string& path) {
    std::ifstream in(path);
    if (!in) return errno_error("open", path);
    std::vector<LabBug> bugs;
    std::string line;
    for (unsigned number = 1; std::getline(in, line); number++) {
        line.erase(std::min(line.find('#'), line.size()));
        line.erase(line.find_last_not_of(" \t\r") + 1);
        if (line.empty()) continue;
        auto bug = parse_lab_bug(line);
        if (!bug) return error("{}:{}: {}", path, number, bug.error());
        if (to_line(*bug).size() > kLongest)
            return error("{}:{}: longer than {} characters", path, number, kLongest);
        bugs.push_back(std::move(*bug));
    }
    if (in.bad()) return errno_error("read", path);
    return bugs;
}

void tally(std::vector<LabBugResult>& lab, const ScenarioResult& scenario,
           const RunningKernel& kernel) {
    for (auto& [bug, checked, violations] : lab) {
        if (!concerns(bug, scenario, kernel)) continue;
        for (const RuleResult& r : scenario.rules)
            if (r.rule == bug.rule) {
                checked += r.checked;
                violations += r.violations;
            }
    }
}

}  // namespace mmuw
