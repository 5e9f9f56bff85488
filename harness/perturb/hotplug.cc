// SPDX-License-Identifier: GPL-2.0-only
// hotplug: a CPU goes offline, with whatever runs there, and comes back. At least one stays.
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "perturb/disturbers.h"

namespace mmuw {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

// Those that are online now and may leave. CPU 0 has no such file on most machines; where it has
// one, it stays all the same.
std::vector<std::string> removable_cpus() {
    std::vector<std::string> files;
    for (const auto& entry : fs::directory_iterator("/sys/devices/system/cpu")) {
        const std::string name = entry.path().filename();
        if (!name.starts_with("cpu") || name == "cpu0") continue;
        const std::string file = entry.path() / "online";
        if (access(file.c_str(), W_OK) == 0 && read_setting(file) == "1") files.push_back(file);
    }
    return files;
}

class Hotplug : public Disturber {
  public:
    explicit Hotplug(MachineGuard& guard) : cpus_(removable_cpus()) {
        if (cpus_.empty()) throw Unavailable("no CPU that can go offline beside CPU 0");
        for (const std::string& cpu : cpus_) guard.keep(cpu);
    }

    void begin(Target& /*target*/) override { cycles_ = refused_ = 0; }

    void step(Target& /*target*/, Random& random) override {
        const std::string& cpu = cpus_[random() % cpus_.size()];
        try {
            write_setting(cpu, "0");
        } catch (const SysError& error) {
            if (error.code().value() != EBUSY) throw;
            refused_++;
            return;
        }
        std::this_thread::sleep_for(std::chrono::microseconds(random() % 10000));
        write_setting(cpu, "1");
        cycles_++;
    }

    [[nodiscard]] Pause pause() const override { return {1ms, 20ms}; }

    std::vector<Count> counts() override { return {{"cycles", cycles_}, {"refused", refused_}}; }

  private:
    std::vector<std::string> cpus_;
    std::uint64_t cycles_ = 0, refused_ = 0;
};

}  // namespace

std::unique_ptr<Disturber> make_hotplug(MachineGuard& guard) {
    return std::make_unique<Hotplug>(guard);
}

}  // namespace mmuw
