// SPDX-License-Identifier: GPL-2.0-only
// signals: to every thread of the VMM, whatever call it is in, and some for certain in every call
// that collects a log or changes memslots. The handler does nothing and has no SA_RESTART: a call
// that the kernel ends early returns EINTR.
#include <dirent.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>
#include <map>

#include "perturb/disturbers.h"
#include "vmm/kick.h"
#include "vmm/thread_timer.h"

namespace mmuw {
namespace {

using namespace std::chrono_literals;

class Signals : public Disturber {
  public:
    Signals() { install_kick_handler(); }

    void begin(Target& /*target*/) override {
        sent_ = calls_ = 0;
        taken_ = kicks_taken();
    }

    void step(Target& /*target*/, Random& /*random*/) override {
        DIR* tasks = opendir("/proc/self/task");
        if (tasks == nullptr) throw_errno("opendir(/proc/self/task)");
        while (const dirent* entry = readdir(tasks)) {
            const pid_t thread = static_cast<pid_t>(std::atoi(entry->d_name));
            // One that is gone by now needs none.
            if (thread > 0 && thread != gettid() &&
                syscall(SYS_tgkill, getpid(), thread, kKickSignal) == 0)
                sent_++;
        }
        closedir(tasks);
    }

    void calling(bool begins) override {
        const std::lock_guard lock(mutex_);
        ThreadTimer& timer = timers_.try_emplace(gettid(), gettid()).first->second;
        if (!begins) {
            timer.set(0ns, 0ns);
            return;
        }
        calls_++;
        timer.set(std::chrono::microseconds(1 + random_() % 300),
                  std::chrono::microseconds(50 + random_() % 300));
    }

    void end() override { timers_.clear(); }

    [[nodiscard]] Pause pause() const override { return {20us, 1000us}; }

    std::vector<Count> counts() override {
        return {{"taken", kicks_taken() - taken_}, {"sent", sent_}, {"calls", calls_}};
    }

  private:
    std::mutex mutex_;  // guards what follows
    std::map<pid_t, ThreadTimer> timers_;
    Random random_;
    std::uint64_t calls_ = 0;

    std::uint64_t sent_ = 0, taken_ = 0;
};

}  // namespace

std::unique_ptr<Disturber> make_signals(MachineGuard& /*guard*/) {
    return std::make_unique<Signals>();
}

}  // namespace mmuw
