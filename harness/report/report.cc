// SPDX-License-Identifier: GPL-2.0-only
#include "report/report.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <format>

#include "base/fd.h"
#include "judge/reports.h"

namespace mmuw {

std::vector<note::Host> HostFacts::notes() const {
    const auto yes_or_no = [](bool is) { return is ? "true" : "false"; };
    return {{"name", name},
            {"arch", arch},
            {"kernel", kernel},
            {"kvm", kvm},
            {"emulated", yes_or_no(emulated)},
            {"page_size", std::to_string(page_size)},
            {"cpus", std::to_string(cpus)},
            {"parameters", parameters},
            {"taint", std::to_string(taint)},
            {"kmod", yes_or_no(kmod)},
            {"mmu", mmu},
            {"filesystem", filesystem},
            {"shard", to_string(shard)}};
}

HostFacts host_facts(const JudgeResult& result) {
    const auto text = [&](const char* key) {
        const auto it = result.host.find(key);
        return it == result.host.end() ? std::string() : it->second;
    };
    const auto number = [&](const char* key) {
        const std::string s = text(key);
        uint64_t n = 0;
        std::from_chars(s.data(), s.data() + s.size(), n);
        return n;
    };
    return {text("name"),
            text("arch"),
            text("kernel"),
            text("kvm"),
            text("emulated") == "true",
            number("page_size"),
            number("cpus"),
            text("parameters"),
            number("taint"),
            text("kmod") != "false",
            text("mmu").empty() ? "kvm" : text("mmu"),
            text("filesystem"),
            parse_shard(text("shard")).value_or(Shard{})};
}

Summary summarize(const JudgeResult& result) {
    Summary s;
    for (const ScenarioResult& r : result.scenarios) switch (r.verdict) {
            case Verdict::pass:
                ++s.pass;
                break;
            case Verdict::fail:
                ++s.fail;
                break;
            case Verdict::skip:
                ++s.skip;
                break;
            case Verdict::xfail:
                ++s.xfail;
                break;
            case Verdict::inconclusive:
                ++s.inconclusive;
                break;
        }
    return s;
}

int exit_status(const JudgeResult& result) {
    const Summary s = summarize(result);
    if (s.fail || s.inconclusive) return 1;
    if (const auto report = report_result(result))
        return report->verdict == Verdict::pass ? 0 : report->verdict == Verdict::skip ? 4 : 1;
    return s.pass || s.xfail ? 0 : 4;
}

std::string_view overall(const JudgeResult& result) {
    const Summary s = summarize(result);
    if (s.fail) return "fail";
    if (s.inconclusive) return "inconclusive";
    if (const auto report = report_result(result)) return to_string(report->verdict);
    return s.pass || s.xfail ? "pass" : "skip";
}

std::string why_of(const ScenarioResult& scenario) {
    if (!scenario.why.empty()) return scenario.why;
    const auto rule = std::ranges::find(scenario.rules, scenario.verdict, &RuleResult::verdict);
    return rule == scenario.rules.end() || rule->why.empty()
               ? ""
               : std::format("{}: {}", rule->rule, rule->why);
}

std::string stable_id(std::string_view scenario) {
    std::string id(scenario);
    std::ranges::replace(id, '/', '.');
    return id;
}

bool wants_colour(int fd) {
    return isatty(fd) && !getenv("NO_COLOR");
}

Result<void> write_file(const std::string& path, const std::string& text) {
    const Fd fd(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (!fd) return errno_error("open", path);
    for (size_t done = 0; done < text.size();) {
        const ssize_t n = write(fd.get(), text.data() + done, text.size() - done);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return errno_error("write", path);
        done += static_cast<size_t>(n);
    }
    return {};
}

}  // namespace mmuw
