// SPDX-License-Identifier: GPL-2.0-only
#include "cli/run_settings.h"

#include <sys/utsname.h>

#include <format>

#include "cli/gtest_runner.h"
#include "cli/options.h"
#include "judge/known_bugs.h"
#include "perturb/perturbation.h"

namespace mmuw {

namespace {

namespace po = boost::program_options;

std::vector<const DisturberKind*> disturbers_of(const std::string& names) {
    try {
        return parse_disturbers(names);
    } catch (const std::invalid_argument& word) {
        throw Exit(kUsage, std::format("run: unknown disturber '{}': see mmuwitness list --perturb",
                                       word.what()));
    }
}

Script script_of(const std::string& file) {
    try {
        return read_script(file);
    } catch (const ScriptError& error) {
        throw Exit(kUsage, std::format("run: {}", error.what()));
    }
}

std::vector<LabBug> known_of(const std::string& file) {
    auto bugs = read_lab_bugs(file);
    if (!bugs) throw Exit(kUsage, std::format("run: {}", bugs.error()));
    return std::move(*bugs);
}

Shard shard_of(const std::string& text) {
    if (const auto shard = parse_shard(text)) return *shard;
    throw Exit(kUsage, std::format("run: --shard {}: give INDEX/OF, from 1/1 on", text));
}

const Report* report_of(const std::string& name) {
    utsname system{};
    uname(&system);
    if (const Report* report = find_report(name)) {
        if (report->machine.empty() || report->machine == system.machine) return report;
        throw Exit(kSkip, std::format("run: report {} is about {}, and this is {}", name,
                                      report->machine, system.machine));
    }
    std::string known;
    for (const Report& report : reports())
        known += std::format("{}{}", known.empty() ? "" : ", ", report.name);
    throw Exit(kUsage, std::format("run: unknown report '{}': known are {}", name, known));
}

// Which of them were given beside `option`, and cannot be.
void refuse(const po::variables_map& values, const char* option, const char* why,
            std::initializer_list<const char*> others) {
    for (const char* other : others)
        if (values.contains(other))
            throw Exit(kUsage, std::format("run: not --{} with --{}: {}", other, option, why));
}

// What the report is about, unless that was said otherwise.
void apply(const Report& report, const po::variables_map& values, RunSettings& s) {
    s.report = &report;
    s.filter = report.scenarios;
    if (!report.disturbers.empty()) s.disturbers = disturbers_of(std::string(report.disturbers));
    if (values["repeat"].defaulted()) s.repeat = report.repeat;
}

}  // namespace

RunSettings parse_run(const Words& words) {
    RunSettings s;
    po::options_description options("options");
    auto add = options.add_options();
    add("kmod", po::value(&s.kmod), "mmuwitness.ko to load; default: it is loaded already");
    add("no-kmod", "without the module: end-to-end rules only, trials instead of gates");
    add("mmu", po::value<std::string>()->default_value("kvm"),
        "what is witnessed: kvm, or reference[:VARIANT], the module's own MMU in software");
    add("scratch", po::value(&s.scratch)->required(),
        "where backing files go: a block device with a filesystem, mounted for the run, a "
        "directory, "
        "or tmpfs: one for the run");
    add("out", po::value(&s.out)->default_value("."), "directory of the records");
    add("filter", po::value(&s.filter),
        "scenarios to run, a GoogleTest filter: patterns with : between, after - those left out");
    add("shard", po::value<std::string>(),
        "INDEX/OF: one share of them, as where OF machines have one each; see mmuwitness merge");
    add("report", po::value<std::string>(),
        "what shows a documented bug, see list --reports: run that, and say whether it shows");
    add("script", po::value<std::string>(),
        "a scenario in a file, see docs/director.md: run that one");
    add("plant", po::value(&s.plant), "break the kernel on purpose, see list --plants");
    add("perturb", po::value<std::string>(),
        "disturb every scenario: names with commas between, or all; see list --perturb");
    add("known", po::value<std::string>(),
        "a list of bugs of the kernel that are known, see docs/verdict.md: they are xfail");
    add("seed", po::value(&s.seed)->default_value(1), "of everything random");
    add("repeat", po::value(&s.repeat)->default_value(1), "run everything so many times");
    add("shuffle", po::bool_switch(&s.shuffle), "in an order that the seed decides");
    add("buffer-kb", po::value(&s.buffer_kb)->default_value(8192),
        "kernel trace buffer per CPU, in KiB");
    add("colour", po::bool_switch(&s.colour), "also when the output is no terminal");
    add("host", po::value(&s.host)->default_value("local"), "name of this host in the record");
    add("emulated", po::bool_switch(&s.emulated),
        "this host is an emulator: keep a VM open throughout, see docs/hosts.md");
    const auto values = parse_options(words, "run", options);

    s.no_kmod = values.contains("no-kmod");
    if (s.no_kmod) {
        refuse(values, "no-kmod", "it is what loads the module", {"kmod"});
        refuse(values, "no-kmod", "the module plants (mmuwitness plant does it from outside)",
               {"plant"});
        refuse(values, "no-kmod", "the module has the gates", {"script"});
    }
    s.mmu = mmu_of(values, "run");
    if (s.mmu.reference && s.no_kmod)
        throw Exit(kUsage, "run: not --no-kmod with --mmu=reference: the module is that MMU");
    if (values.contains("shard")) {
        refuse(values, "shard", "it is of the suite", {"report", "script"});
        s.shard = shard_of(values["shard"].as<std::string>());
    }
    if (values.contains("report")) {
        refuse(values, "report", "it has its own scenarios", {"filter", "script", "perturb"});
        refuse(values, "report", "it is about the kernel as it is", {"plant"});
        apply(*report_of(values["report"].as<std::string>()), values, s);
    }
    if (values.contains("known")) s.known = known_of(values["known"].as<std::string>());
    if (values.contains("script")) s.script = script_of(values["script"].as<std::string>());
    if (s.filter.empty()) s.filter = s.script ? "Script.*" : kDefaultSuite;
    if (values.contains("perturb"))
        s.disturbers = disturbers_of(values["perturb"].as<std::string>());
    if (s.repeat < 1) throw Exit(kUsage, "run: --repeat must be at least 1");
    return s;
}

}  // namespace mmuw
