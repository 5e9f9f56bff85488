// SPDX-License-Identifier: GPL-2.0-only
// signals: to every thread of the VMM, whatever call it is in. The handler does nothing and has no
// SA_RESTART: a call that the kernel ends early returns EINTR.
#include <dirent.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>

#include "perturb/disturbers.h"
#include "vmm/kick.h"

namespace mmuw {
namespace {

using namespace std::chrono_literals;

class Signals : public Disturber {
  public:
    Signals() { install_kick_handler(); }

    void begin(Target& /*target*/) override {
        sent_ = 0;
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

    [[nodiscard]] Pause pause() const override { return {20us, 1000us}; }

    std::vector<Count> counts() override {
        return {{"taken", kicks_taken() - taken_}, {"sent", sent_}};
    }

  private:
    std::uint64_t sent_ = 0, taken_ = 0;
};

}  // namespace

std::unique_ptr<Disturber> make_signals(MachineGuard& /*guard*/) {
    return std::make_unique<Signals>();
}

}  // namespace mmuw
