// SPDX-License-Identifier: GPL-2.0-only
// mmuwitness run: from an idle machine to a verdict, and back.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <format>
#include <optional>
#include <print>

#include "backing/backing_file.h"
#include "base/sys_error.h"
#include "cli/commands.h"
#include "cli/gtest_runner.h"
#include "cli/host_facts.h"
#include "cli/interrupt.h"
#include "cli/machine.h"
#include "cli/run_settings.h"
#include "cli/version.h"
#include "judge/known_bugs.h"
#include "kmod/uapi/reference.h"
#include "run/run_context.h"
#include "run/script_scenario.h"
#include "run/teardown.h"
#include "vmm/anchor.h"
#include "vmm/guest.h"
#include "witness/module.h"

namespace mmuw {

namespace {

namespace fs = std::filesystem;

void check(const RunSettings& s) {
    check_machine("run", {.tracing = !s.no_kmod, .kvm = !s.mmu.reference});
    std::error_code error;
    fs::create_directories(s.out, error);
    if (error || access(s.out.c_str(), W_OK) != 0)
        throw Exit(kUsage, std::format("run: cannot write to {}: give another --out", s.out));
    if (s.script) register_script(*s.script);
    if (!scenarios_match(s.filter))
        throw Exit(kUsage,
                   std::format("run: no scenario matches '{}': see mmuwitness list", s.filter));
    if (!scenarios_match(s.filter, s.shard))
        throw Exit(kSkip,
                   std::format("run: none of these scenarios is in shard {}", to_string(s.shard)));
}

void say_missing(const Perturbation& perturbation) {
    for (const auto& [name, why] : perturbation.missing())
        std::println("{:<13} disturber {}: {}", to_string(Verdict::skip), name, why);
    std::fflush(stdout);
    if (perturbation.missing().empty() || !perturbation.empty()) return;
    const auto& [name, why] = perturbation.missing().front();
    throw Exit(kSkip, std::format("run: no disturber to run with: {}: {}", name, why));
}

// One recording: that of an earlier run of the other kind would be taken for this one's.
std::unique_ptr<Evidence> take_evidence(const RunSettings& s) {
    std::error_code none;
    fs::remove(fs::path(s.out) / (s.no_kmod ? "trace.dat" : "marks.txt"), none);
    if (s.no_kmod) return std::make_unique<MarksEvidence>(s.out);
    return std::make_unique<ModuleEvidence>(
        s.out, s.buffer_kb, s.plant,
        s.mmu.reference ? MMUWITNESS_MMU_REFERENCE : MMUWITNESS_MMU_KVM);
}

void put_on_record(Witness& witness, const RunSettings& s, const HostFacts& host,
                   const Perturbation& perturbation) {
    for (const note::Host& fact : host.notes()) witness.note(fact);
    if (s.report) witness.note(note::Host{.key = "report", .value = std::string(s.report->name)});
    for (const LabBug& bug : s.known)
        witness.note(note::Host{.key = "known", .value = to_line(bug)});
    for (const auto& [name, why] : perturbation.missing())
        witness.note(note::Disturber{.name = name, .missing = true, .why = why});
}

void print_progress(const ScenarioResult& result) {
    std::println("{:<13} {} ({:.2f} s)", to_string(result.verdict), result.name, result.seconds);
    std::fflush(stdout);
}

void write_records(const RunSettings& s, const JudgeResult& result, const HostFacts& host) {
    const fs::path out = s.out;
    for (const auto& [name, text] :
         {std::pair{"verdict.json", verdict_json(result, host, kTool)},
          std::pair{"results.ktap", ktap(result)}, std::pair{"junit.xml", junit(result, host)}})
        if (const auto written = write_file(out / name, text); !written)
            throw Exit(kFail, std::format("run: no complete record: {}", written.error()));
}

// A long-term pin of a page whose filesystem tracks dirty pages is refused since 6.5
// (writable_file_mapping_allowed()): there is nothing to witness then.
void check_pin(const Kvm& kvm, const ScratchFs& scratch) {
    const BackingFile file(scratch.directory(), 1);
    Guest guest(kvm, {.pages = 1});
    guest.add_memory(0, 1, file.mapping().get());
    guest.start();
    try {
        guest.write(0, 0);
    } catch (const SysError& error) {
        if (error.code().value() != EFAULT) throw;
        throw Exit(kSkip,
                   "run: this kernel refuses a long-term pin of a file on this filesystem, "
                   "and rightly: nothing to witness");
    }
}

// All that the module and the kernel hold for the run, in the order of need.
struct Outcome {
    JudgeResult result;
    std::string recording_error;  // empty: it is written
};

Outcome witness_and_judge(const RunSettings& s, HostFacts& host) {
    ScratchFs scratch = open_scratch(s.scratch);
    host.filesystem = scratch.filesystem().name;
    std::optional<KvmAnchor> anchor;
    if (s.emulated && !s.mmu.reference) anchor.emplace();
    MachineGuard guard;
    Perturbation perturbation(s.disturbers, guard);
    say_missing(perturbation);
    const Kvm kvm(s.mmu);
    if (s.mmu == Mmu{.reference = true, .variant = MMUWITNESS_REF_LONGTERM_PIN})
        check_pin(kvm, scratch);
    const auto evidence = take_evidence(s);
    if (s.script) try {
            check_points(*s.script, Points(*evidence->module()));
        } catch (const ScriptError& error) {
            throw Exit(kUsage, std::format("run: {}", error.what()));
        }
    put_on_record(evidence->witness(), s, host, perturbation);

    RunContext run({.plant = s.plant,
                    .perturbation = perturbation,
                    .guard = guard,
                    .emulated = s.emulated,
                    .stop = interrupted,
                    .seed = s.seed,
                    .report = s.report ? s.report->name : ""},
                   kvm, *evidence, scratch, print_progress);
    run_scenarios({.filter = s.filter,
                   .shard = s.shard,
                   .seed = s.seed,
                   .repeat = s.repeat,
                   .shuffle = s.shuffle});
    perturbation.finish();
    const bool restored = guard.finish();
    run_teardown_scenario(run, scratch);
    JudgeResult result = run.finish();
    if (!restored) throw Exit(kFail, "run: the machine's settings are not as they were, see above");
    const auto saved = evidence->finish();
    return {.result = std::move(result), .recording_error = saved ? "" : saved.error()};
}

}  // namespace

int run_command(const Words& words) {
    const RunSettings s = parse_run(words);
    check(s);
    catch_interrupts();
    HostFacts host = this_host(s.host, s.emulated, !s.no_kmod, s.mmu);
    host.shard = s.shard;
    std::optional<Module> module;
    if (!s.kmod.empty())
        module.emplace(s.kmod,
                       ModuleParts{.plants = !s.plant.empty(), .reference = s.mmu.reference});
    const auto [result, recording_error] = witness_and_judge(s, host);
    std::print("\n{}{}", table(result, s.colour || wants_colour(STDOUT_FILENO)), histogram(result));
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
