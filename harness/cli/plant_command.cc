// SPDX-License-Identifier: GPL-2.0-only
// mmuwitness plant: a command on a kernel that is broken for every VM, to see what notices.
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstring>
#include <format>
#include <optional>
#include <print>

#include "base/sys_error.h"
#include "cli/commands.h"
#include "cli/machine.h"
#include "cli/options.h"
#include "vmm/anchor.h"
#include "witness/device.h"
#include "witness/kernel_log.h"
#include "witness/module.h"

namespace mmuw {

namespace {

namespace po = boost::program_options;
using Clock = std::chrono::steady_clock;

constexpr const char* kNone = "none";  // the control: the same, with nothing planted

struct Settings {
    std::string plant, kmod;
    bool emulated = false;
    Words command;
};

Settings parse(const Words& words) {
    Settings s;
    const auto dashes = std::ranges::find(words, "--");
    po::options_description options("options");
    auto add = options.add_options();
    add("plant", po::value(&s.plant)->required(), "see list --plants; none: run COMMAND only");
    add("kmod", po::value(&s.kmod), "mmuwitness.ko to load; default: it is loaded already");
    add("emulated", po::bool_switch(&s.emulated),
        "this host is an emulator: keep a VM open throughout, see docs/hosts.md");
    parse_options(Words(words.begin(), dashes), "plant NAME [OPTIONS] -- COMMAND [ARGUMENT...]",
                  options, "plant");
    if (dashes == words.end() || dashes + 1 == words.end())
        throw Exit(kUsage, "plant: no command: give it after --");
    s.command.assign(dashes + 1, words.end());
    return s;
}

// Signals that are waited for while the command runs.
sigset_t awaited() {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGCHLD, SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, signal);
    return set;
}

// The command dies with us, so that it never goes on without what was planted.
pid_t start(const Words& command) {
    std::vector<char*> arguments;
    for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    const sigset_t set = awaited();
    sigprocmask(SIG_BLOCK, &set, nullptr);
    const pid_t pid = fork();
    if (pid < 0) throw_errno("fork()");
    if (pid > 0) return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    sigprocmask(SIG_UNBLOCK, &set, nullptr);
    execvp(arguments[0], arguments.data());
    std::println(stderr, "mmuwitness: plant: cannot run {}: {}", command[0], strerror(errno));
    _exit(kUsage);
}

double seconds_since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

// Its exit status, 128 + the signal's number if one ended it; what the kernel says meanwhile is
// reported as it comes. Signals to us go to the command: a second one kills it.
int await(pid_t pid, Clock::time_point begin, KernelLog& log) {
    const sigset_t set = awaited();
    const timespec tick = {.tv_sec = 0, .tv_nsec = 20'000'000};
    bool told = false;
    for (;;) {
        siginfo_t info{};
        const int signal = sigtimedwait(&set, &info, &tick);
        int status = 0;
        const bool ended = waitpid(pid, &status, WNOHANG) == pid;
        for (const std::string& line : log.read().suspicious)
            std::println(stderr, "kernel log after {:.2f} s: {}", seconds_since(begin), line);
        if (ended) return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        if (signal > 0 && signal != SIGCHLD) kill(pid, told ? SIGKILL : signal);
        told = told || (signal > 0 && signal != SIGCHLD);
    }
}

}  // namespace

int plant_command(const Words& words) {
    const Settings s = parse(words);
    check_machine("plant");
    std::optional<KvmAnchor> anchor;
    if (s.emulated) anchor.emplace();
    std::optional<Module> module;
    std::optional<Device> device;
    if (s.plant != kNone) {
        if (!s.kmod.empty()) module.emplace(s.kmod, ModuleParts{.plants = true});
        device.emplace();
        device->plant(s.plant, Device::PlantFor::kEveryVm);
    }
    KernelLog log;
    const auto begin = Clock::now();
    const int status = await(start(s.command), begin, log);
    const double seconds = seconds_since(begin);
    std::uint64_t hits = 0, missed = 0;
    if (device)
        for (const Plant& plant : device->plants())
            if (plant.name == s.plant) hits = plant.hits, missed = plant.missed;
    if (missed != 0)
        std::println(stderr, "plant {}: {} calls were not looked at: hits are too few", s.plant,
                     missed);
    std::println(stderr, "plant {}: {} hits; status {} after {:.2f} s", s.plant, hits, status,
                 seconds);
    return status;
}

}  // namespace mmuw
