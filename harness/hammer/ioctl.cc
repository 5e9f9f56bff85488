// SPDX-License-Identifier: GPL-2.0-only
// ioctl: random calls on both devices, by threads of several processes, in the middle of everything
// else (unrest.h, guests.h).
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <format>
#include <fstream>
#include <new>
#include <print>
#include <thread>
#include <vector>

#include "base/sys_error.h"
#include "hammer/guests.h"
#include "hammer/part.h"
#include "hammer/unrest.h"
#include "hammer/worker.h"
#include "witness/kernel_log.h"

namespace mmuw::hammer {
namespace {

using namespace std::chrono_literals;

constexpr unsigned kProcesses = 2, kThreads = 3;
static_assert(kProcesses * kThreads <= kMaxWorkers);
// Longer than any call may take: GATE_WAIT and holds are bounded by a minute.
constexpr std::chrono::milliseconds kStuck = 90s;
constexpr auto kProgress = 10s;

struct Everything {
    Shared shared;
    Unrest unrest;
};

struct Ends {
    Fd send, receive;
};

Ends make_socket() {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, ends) != 0) throw_errno("socketpair");
    return {Fd(ends[0]), Fd(ends[1])};
}

void ignore(int /*signal*/) {}

[[noreturn]] void work(const Orders& orders, unsigned number, Shared& shared, const Ends& ends) {
    struct sigaction action{};
    action.sa_handler = ignore;  // without SA_RESTART
    sigaction(SIGUSR1, &action, nullptr);
    Process process(orders, number, shared, ends.send.get(), ends.receive.get());
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < kThreads; i++)
        threads.emplace_back([&, i] {
            Worker worker(process, orders.seed, number * kThreads + i);
            worker.run();
        });
    threads.emplace_back([&] { run_guests(orders, process, orders.seed + number); });
    for (std::thread& thread : threads) thread.join();
    _exit(0);
}

template <class Body>
pid_t start(Body body) {
    const pid_t parent = getpid(), pid = fork();
    if (pid < 0) throw_errno("fork()");
    if (pid > 0) return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);
    try {
        body();
    } catch (const std::exception& error) {
        std::println(stderr, "mmuwitness: hammer: {}", error.what());
    }
    _exit(1);
}

// Where in the kernel each thread of ours is, children and all.
void print_stacks() {
    namespace fs = std::filesystem;
    std::error_code gone;
    for (const auto& process : fs::directory_iterator("/proc", gone)) {
        std::string name;
        std::ifstream(process.path() / "comm") >> name;
        if (!name.starts_with("mmuw")) continue;
        for (const auto& task : fs::directory_iterator(process.path() / "task", gone)) {
            std::println("        | stack of {}", task.path().string());
            for (const char* file : {"syscall", "stack"}) {
                std::ifstream in(task.path() / file);
                for (std::string line; std::getline(in, line);)
                    std::println("        |   {}", line);
            }
        }
    }
}

std::string positions(const Shared& shared) {
    std::string text;
    for (unsigned w = 0; w < kProcesses * kThreads; w++)
        text += std::format(" {}:{}", w, shared.workers[w].call.load());
    return text;
}

class Herd {
  public:
    Herd(const Orders& orders, Everything& all, Outcome& outcome)
        : orders_(orders), all_(all), outcome_(outcome), ends_(make_socket()) {
        for (unsigned i = 0; i < kProcesses; i++)
            pids_.push_back(start([&] { work(orders, i, all.shared, ends_); }));
        pids_.push_back(start([&] {
            make_unrest(orders, all.shared.stop, all.unrest);
            _exit(0);
        }));
        ends_ = {};  // ours: what is on its way goes with the last process
    }

    void watch() {
        KernelLog log;
        const Clock clock(orders_);
        auto told = std::chrono::steady_clock::now();
        while (all_.shared.ioctls < all_.shared.wanted && !clock.up() && outcome_.bad.empty()) {
            std::this_thread::sleep_for(100ms);
            for (const std::string& line : log.read().suspicious) complain("the kernel: " + line);
            find_stuck();
            find_ended();
            if (std::chrono::steady_clock::now() - told < kProgress) continue;
            told = std::chrono::steady_clock::now();
            std::println("        ioctl: {} of {}, workers at{}", all_.shared.ioctls.load(),
                         orders_.count, positions(all_.shared));
            std::fflush(stdout);
        }
    }

    void end() {
        all_.shared.stop = true;
        const auto end = std::chrono::steady_clock::now() + kStuck;
        while (!pids_.empty() && std::chrono::steady_clock::now() < end) {
            find_ended();
            std::this_thread::sleep_for(20ms);
        }
        if (!pids_.empty()) {
            complain(std::format("{} processes do not end by themselves", pids_.size()));
            print_stacks();
        }
        for (const pid_t pid : pids_) kill(pid, SIGKILL);
        for (const pid_t pid : pids_) waitpid(pid, nullptr, 0);
    }

  private:
    // With what was under way: the call itself, or one of another worker, is to be replayed.
    void complain(const std::string& what) {
        outcome_.bad.push_back(what);
        if (outcome_.bad.size() > 1) return;
        for (unsigned w = 0; w < kProcesses * kThreads; w++) {
            const std::uint64_t at = all_.shared.workers[w].call;
            for (std::uint64_t n = at - std::min<std::uint64_t>(at, 7); n <= at; n++)
                std::println("        worker {}:{} {}", w, n,
                             to_string(make_call(orders_.seed, w, n)));
        }
        std::fflush(stdout);
    }

    void find_stuck() {
        const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
            std::chrono::steady_clock::now().time_since_epoch());
        for (unsigned w = 0; w < kProcesses * kThreads; w++) {
            const auto& position = all_.shared.workers[w];
            const std::int64_t since = position.since_ms;
            if (since != 0 && !position.ended && now.count() - since > kStuck.count())
                complain(std::format("worker {} does not come back from call {}", w,
                                     position.call.load()));
        }
    }

    void find_ended() {
        std::erase_if(pids_, [&](pid_t pid) {
            int status = 0;
            if (waitpid(pid, &status, WNOHANG) != pid) return false;
            if (status != 0) complain(std::format("a process ended with status {:#x}", status));
            return true;
        });
    }

    const Orders& orders_;
    Everything& all_;
    Outcome& outcome_;
    Ends ends_;
    std::vector<pid_t> pids_;
};

// What each request came to: one that never succeeds is not tested.
std::string write_table(const Orders& orders, const Shared& shared) {
    std::ofstream file(orders.out + "/ioctl.txt");
    file << std::format("{:<28} {:>9} {:>9}\n", "request", "done", "refused");
    std::string never;
    for (std::size_t i = 0; i < requests().size(); i++) {
        file << std::format("{:<28} {:>9} {:>9}\n", requests()[i].name, shared.ok[i].load(),
                            shared.refused[i].load());
        if (shared.ok[i] == 0) never += std::string(" ") + requests()[i].name;
    }
    return never;
}

void remove_files(const Orders& orders) {
    for (const auto& entry : std::filesystem::directory_iterator(orders.directory))
        if (entry.path().filename().string().starts_with("hammer-"))
            std::filesystem::remove(entry.path());
}

}  // namespace

Outcome hammer_ioctl(const Orders& orders) {
    const Mapping memory(sizeof(Everything), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS);
    auto& all = *new (memory.get()) Everything{};
    all.shared.wanted = orders.count;
    Outcome outcome;
    Herd herd(orders, all, outcome);
    herd.watch();
    herd.end();
    remove_files(orders);
    outcome.done = all.shared.ioctls;
    const std::string never = write_table(orders, all.shared);
    outcome.note = std::format(
        "{} sessions, {} VMs, {} CPU cycles, {} ftrace switches, {} instances, {} reloads",
        all.shared.sessions.load(), all.shared.vms.load(), all.unrest.hotplugs.load(),
        all.unrest.switches.load(), all.unrest.instances.load(), all.unrest.unloads.load());
    if (all.shared.guests_failed != 0)
        outcome.note +=
            std::format(", {} guests ended early, the last by: {}", all.shared.guests_failed.load(),
                        all.shared.guest_failure.data());
    if (!never.empty()) outcome.note += ", never done:" + never;
    return outcome;
}

void replay_ioctl(const Orders& orders, unsigned worker, std::uint64_t from, std::uint64_t to) {
    const Mapping memory(sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS);
    auto& shared = *new (memory.get()) Shared{};
    struct sigaction action{};
    action.sa_handler = ignore;
    sigaction(SIGUSR1, &action, nullptr);
    const Ends ends = make_socket();
    Process process(orders, worker / kThreads, shared, ends.send.get(), ends.receive.get());
    Worker(process, orders.seed, worker).replay(from, to);
    remove_files(orders);
}

}  // namespace mmuw::hammer
