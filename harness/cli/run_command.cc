// SPDX-License-Identifier: GPL-2.0-only
// mmuwitness run: from an idle machine to a verdict, and back.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <format>
#include <optional>
#include <print>

#include "cli/commands.h"
#include "cli/gtest_runner.h"
#include "cli/host_facts.h"
#include "cli/interrupt.h"
#include "cli/machine.h"
#include "cli/options.h"
#include "cli/version.h"
#include "scenario/run_context.h"
#include "scenario/script_scenario.h"
#include "scenario/teardown.h"
#include "vmm/anchor.h"
#include "witness/module.h"

namespace mmuw {

namespace {

namespace po = boost::program_options;
namespace fs = std::filesystem;

struct Settings {
    std::string kmod, scratch, out, host, filter, plant, perturb;
    std::optional<Script> script;
    std::vector<const DisturberKind*> disturbers;
    bool emulated = false, shuffle = false, colour = false;
    std::uint64_t seed = 1;
    int repeat = 1;
    std::size_t buffer_kb = 8192;
};

Settings parse(const Words& words) {
    Settings s;
    po::options_description options("options");
    auto add = options.add_options();
    add("kmod", po::value(&s.kmod), "mmuwitness.ko to load; default: it is loaded already");
    add("scratch", po::value(&s.scratch)->required(),
        "where backing files go: a block device with ext4, mounted for the run, or a directory");
    add("out", po::value(&s.out)->default_value("."), "directory of the records");
    add("filter", po::value(&s.filter),
        "scenarios to run, a GoogleTest filter: patterns with : between, after - those left out");
    add("script", po::value<std::string>(),
        "a scenario in a file, see docs/director.md: run that one");
    add("plant", po::value(&s.plant), "break the kernel on purpose, see list --plants");
    add("perturb", po::value(&s.perturb),
        "disturb every scenario: names with commas between, or all; see list --perturb");
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
    if (values.contains("script")) try {
            s.script = read_script(values["script"].as<std::string>());
        } catch (const ScriptError& error) {
            throw Exit(kUsage, std::format("run: {}", error.what()));
        }
    if (s.filter.empty()) s.filter = s.script ? "Script.*" : "*";
    if (values.contains("perturb")) try {
            s.disturbers = parse_disturbers(s.perturb);
        } catch (const std::invalid_argument& word) {
            throw Exit(kUsage, std::format("run: unknown disturber '{}': see mmuwitness list "
                                           "--perturb",
                                           word.what()));
        }
    return s;
}

void check(const Settings& s) {
    if (s.repeat < 1) throw Exit(kUsage, "run: --repeat must be at least 1");
    check_machine("run");
    std::error_code error;
    fs::create_directories(s.out, error);
    if (error || access(s.out.c_str(), W_OK) != 0)
        throw Exit(kUsage, std::format("run: cannot write to {}: give another --out", s.out));
    if (s.script) register_script(*s.script);
    if (!scenarios_match(s.filter))
        throw Exit(kUsage,
                   std::format("run: no scenario matches '{}': see mmuwitness list", s.filter));
}

// Before the scenarios, each of which plants it anew.
void check_plant(Device& device, const std::string& plant) {
    if (plant.empty()) return;
    device.plant(plant);
    device.remove_plant();
}

void say_missing(const Perturbation& perturbation) {
    for (const auto& [name, why] : perturbation.missing())
        std::println("{:<13} disturber {}: {}", to_string(Verdict::skip), name, why);
    std::fflush(stdout);
    if (perturbation.missing().empty() || !perturbation.empty()) return;
    const auto& [name, why] = perturbation.missing().front();
    throw Exit(kSkip, std::format("run: no disturber to run with: {}: {}", name, why));
}

template <class T>
T value_of(Result<T> result) {
    if (!result) throw std::runtime_error(result.error());
    if constexpr (!std::is_void_v<T>) return std::move(*result);
}

void print_progress(const ScenarioResult& result) {
    std::println("{:<13} {} ({:.2f} s)", to_string(result.verdict), result.name, result.seconds);
    std::fflush(stdout);
}

void write_records(const Settings& s, const JudgeResult& result, const HostFacts& host) {
    const fs::path out = s.out;
    for (const auto& [name, text] : {std::pair{"verdict.json", verdict_json(result, host, kTool)},
                                     std::pair{"results.ktap", ktap(result)}})
        if (const auto written = write_file(out / name, text); !written)
            throw Exit(kFail, std::format("run: no complete record: {}", written.error()));
}

// All that the module and the kernel hold for the run, in the order of need.
struct Outcome {
    JudgeResult result;
    std::string recording_error;  // empty: trace.dat is written
};

Outcome witness_and_judge(const Settings& s, const HostFacts& host) {
    ScratchFs scratch = open_scratch(s.scratch);
    std::optional<KvmAnchor> anchor;
    if (s.emulated) anchor.emplace();
    MachineGuard guard;
    Perturbation perturbation(s.disturbers, guard);
    say_missing(perturbation);
    const Kvm kvm;
    Device device;
    check_plant(device, s.plant);
    auto recorder =
        value_of(Recorder::start({.directory = s.out, .buffer_kb = s.buffer_kb, .extra = {}}));
    device.start();
    if (s.script) try {
            check_points(*s.script, Points(device));
        } catch (const ScriptError& error) {
            throw Exit(kUsage, std::format("run: {}", error.what()));
        }
    for (const std::string& note : host.notes()) device.note(MMUWITNESS_NOTE_HOST, note);
    for (const auto& [name, why] : perturbation.missing())
        device.note(MMUWITNESS_NOTE_PERTURB, std::format("{} missing {}", name, why));

    RunContext run({.plant = s.plant,
                    .perturbation = perturbation,
                    .guard = guard,
                    .emulated = s.emulated,
                    .stop = interrupted,
                    .seed = s.seed},
                   kvm, device, *recorder, value_of(recorder->stream()), scratch, print_progress);
    run_scenarios({.filter = s.filter, .seed = s.seed, .repeat = s.repeat, .shuffle = s.shuffle});
    perturbation.finish();
    const bool restored = guard.finish();
    run_teardown_scenario(run, scratch);
    JudgeResult result = run.finish();
    if (!restored) throw Exit(kFail, "run: the machine's settings are not as they were, see above");
    const auto saved = recorder->finish(fs::path(s.out) / "trace.dat");
    return {.result = std::move(result), .recording_error = saved ? "" : saved.error()};
}

}  // namespace

int run_command(const Words& words) {
    const Settings s = parse(words);
    check(s);
    catch_interrupts();
    const HostFacts host = this_host(s.host, s.emulated);
    std::optional<Module> module;
    if (!s.kmod.empty()) module.emplace(s.kmod, s.plant.empty() ? "" : "allow_plants=1");
    const auto [result, recording_error] = witness_and_judge(s, host);
    std::print("\n{}", table(result, s.colour || wants_colour(STDOUT_FILENO)));
    std::fflush(stdout);  // the verdict is out, whatever becomes of the records
    write_records(s, result, host);
    if (!recording_error.empty())
        throw Exit(kFail, std::format("run: no recording: {}", recording_error));
    if (module)
        if (const int error = module->unload(); error != 0)
            throw Exit(kFail, std::format("run: the module does not unload: {}", strerror(error)));
    if (interrupted()) throw Exit(kFail, "run: interrupted: the rest was left out");
    return exit_status(result);
}

}  // namespace mmuw
