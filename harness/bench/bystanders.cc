// SPDX-License-Identifier: GPL-2.0-only
#include "bench/bystanders.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <format>
#include <functional>
#include <optional>
#include <stdexcept>

#include "backing/backing_file.h"
#include "base/fd.h"
#include "base/sys_error.h"
#include "bench/contender.h"
#include "trace/instance.h"
#include "trace/recorder.h"
#include "vmm/guest.h"
#include "vmm/kvm.h"
#include "witness/device.h"
#include "witness/module.h"

namespace mmuw {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kPages = 256;
constexpr int kRounds = 40;
constexpr int kSyncs = 40;
constexpr int kProcesses = 60;

// A guest that faults at each write, and whose log is collected.
void another_vm(const std::string& directory) {
    const Kvm kvm;
    const BackingFile file(directory, kPages);
    Guest guest(kvm, {.pages = kPages});
    Memslot& slot = guest.add_memory(0, kPages, file.mapping().get());
    guest.start();
    guest.log().enable(slot);
    for (int round = 0; round < kRounds; round++) {
        guest.write(0, 0, kPages);
        static_cast<void>(guest.log().collect(slot));
    }
}

void another_file(const std::string& directory) {
    const std::string path = directory + "/bystander";
    const Fd fd(open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!fd) throw_errno("open({})", path);
    unlink(path.c_str());
    const std::vector<char> block(64 * 4096, 'b');
    for (int i = 0; i < kSyncs; i++) {
        if (pwrite(fd.get(), block.data(), block.size(), 0) < 0) throw_errno("pwrite({})", path);
        if (fsync(fd.get()) != 0) throw_errno("fsync({})", path);
    }
}

void processes(const std::string& /*directory*/) {
    char name[] = "/bin/true";
    char* const arguments[] = {name, nullptr};
    for (int i = 0; i < kProcesses; i++) {
        pid_t pid = 0;
        if (const int err = posix_spawn(&pid, name, nullptr, nullptr, arguments, nullptr); err != 0)
            throw SysError(err, "posix_spawn(/bin/true)");
        waitpid(pid, nullptr, 0);
    }
}

using Workload = std::function<void(const std::string&)>;

// In a process of its own, which has no descriptor of the session, and not its mm. The seconds.
double run(const Workload& workload, const std::string& directory) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) throw_errno("pipe2");
    const Fd in(ends[0]);
    Fd out(ends[1]);
    const pid_t pid = fork();
    if (pid < 0) throw_errno("fork");
    if (pid == 0) {
        if (dup2(out.get(), 3) != 3) _exit(1);
        close_range(4, ~0U, 0);
        try {
            const auto begin = Clock::now();
            workload(directory);
            const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
            _exit(write(3, &seconds, sizeof seconds) == sizeof seconds ? 0 : 1);
        } catch (const std::exception& error) {
            static_cast<void>(
                !write(2, error.what(), std::char_traits<char>::length(error.what())));
            _exit(1);
        }
    }
    out.reset();
    double seconds = 0;
    const bool told = read(in.get(), &seconds, sizeof seconds) == sizeof seconds;
    waitpid(pid, nullptr, 0);
    if (!told) throw std::runtime_error("a bystander's workload failed");
    return seconds;
}

class FunctionTracer {
  public:
    explicit FunctionTracer(const std::vector<std::string>& functions)
        : instance_(must(Instance::create())) {
        for (const std::string& function : functions)
            must(instance_.write("set_ftrace_filter", function));
        must(instance_.write("set_ftrace_pid", std::to_string(getpid())));
        must(instance_.write("current_tracer", "function"));
    }

  private:
    template <class T>
    static T must(Result<T> result) {
        if (!result) throw std::runtime_error(result.error());
        if constexpr (!std::is_void_v<T>) return std::move(*result);
    }
    Instance instance_;
};

}  // namespace

std::vector<Bystander> measure_bystanders(const std::string& kmod, const std::string& directory,
                                          int turns) {
    const std::pair<const char*, Workload> workloads[] = {
        {"another VM, logged", another_vm},
        {"writes and fsync of another file", another_file},
        {"fork, exec, exit", processes},
    };
    std::vector<Bystander> bystanders;
    for (const auto& [name, workload] : workloads) bystanders.push_back({.name = name});
    // Twice, and the second time counts: an emulator translates code anew after it was patched.
    const auto measure = [&](std::vector<double> Bystander::* where) {
        for (std::size_t i = 0; i < bystanders.size(); i++) {
            run(workloads[i].second, directory);
            (bystanders[i].*where).push_back(run(workloads[i].second, directory));
        }
    };
    for (int turn = 0; turn < turns; turn++) {
        measure(&Bystander::without);
        const Module module(kmod, {});
        std::vector<std::string> functions;
        {
            Device device;
            auto recorder =
                Recorder::start({.directory = directory, .buffer_kb = 8192, .extra = {}});
            if (!recorder) throw std::runtime_error(recorder.error());
            device.start();
            functions = hook_places(device).functions;
            measure(&Bystander::with);
        }
        const FunctionTracer tracer(functions);
        measure(&Bystander::control);
    }
    return bystanders;
}

}  // namespace mmuw
