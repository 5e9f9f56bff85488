// SPDX-License-Identifier: GPL-2.0-only
// What this machine can and cannot witness.
#include <sys/utsname.h>
#include <unistd.h>

#include <filesystem>
#include <format>
#include <fstream>
#include <optional>
#include <print>

#include "backing/syncer.h"
#include "base/mapping.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "vmm/dirty_log.h"
#include "vmm/host.h"
#include "vmm/kvm.h"
#include "witness/device.h"
#include "witness/module.h"

namespace mmuw {

namespace {

namespace po = boost::program_options;
namespace fs = std::filesystem;

class Checklist {
  public:
    void ok(const std::string& what) { std::println("ok       {}", what); }
    // Without it there is nothing to witness at all.
    void fatal(const std::string& what, const std::string& cure) {
        fatal_ = true;
        std::println("missing  {}\n         -> {}", what, cure);
    }
    void limit(const std::string& what, const std::string& cure) {
        std::println("limited  {}\n         -> {}", what, cure);
    }
    [[nodiscard]] bool usable() const { return !fatal_; }

  private:
    bool fatal_ = false;
};

std::string first_line(const fs::path& path) {
    std::string line;
    std::ifstream file(path);
    std::getline(file, line);
    return line;
}

void check_system(Checklist& list) {
    utsname system{};
    uname(&system);
    list.ok(std::format("Linux {} on {}, pages of {} bytes", system.release, system.machine,
                        page_size()));
    if (geteuid() == 0)
        list.ok("root");
    else
        list.fatal("not root", "loading the module and reading tracefs need root: use sudo");
    if (fs::exists("/sys/kernel/tracing/events"))
        list.ok("tracefs");
    else
        list.fatal("tracefs is not mounted", "mount -t tracefs tracefs /sys/kernel/tracing");
    const std::string lockdown = first_line("/sys/kernel/security/lockdown");
    if (lockdown.empty() || lockdown.contains("[none]"))
        list.ok("no kernel lockdown");
    else
        list.limit(std::format("kernel lockdown: {}", lockdown),
                   "an unsigned module cannot be loaded: boot with lockdown=none");
}

std::optional<Kvm> check_kvm(Checklist& list) {
    try {
        Kvm kvm;
        const std::string parameters = arch::kvm_parameters();
        list.ok(std::format("/dev/kvm: {}{}{}", arch::kvm_name(), parameters.empty() ? "" : ", ",
                            parameters));
        for (const DirtyLogKind kind :
             {DirtyLogKind::kBitmap, DirtyLogKind::kManual, DirtyLogKind::kRing}) {
            std::string why;
            if (supported(kvm, kind, &why))
                list.ok(std::format("dirty log: {}", to_string(kind)));
            else
                list.limit(std::format("dirty log: {}: {}", to_string(kind), why),
                           "its scenarios are skipped");
        }
        return kvm;
    } catch (const std::exception& error) {
        list.fatal(error.what(),
                   arch::kvm_cure() + "; or use run --mmu=reference, or an emulated host");
        return {};
    }
}

void check_witness(Checklist& list, const std::string& kmod) {
    try {
        std::optional<Module> module;
        if (!kmod.empty()) module.emplace(kmod, ModuleParts{.plants = Module::has_plants(kmod)});
        Device device;
        list.ok(std::format("module mmuwitness {}", device.version()));
        device.start();
        for (const Hook& hook : device.hooks()) {
            if (hook.attached)
                list.ok(std::format("hook {:<20} {}", hook.name, hook.symbol));
            else
                list.limit(std::format("hook {:<20} {}: {}", hook.name, hook.symbol, hook.why),
                           "rules that need it are skipped, unless another hook stands in");
        }
        for (const Point& point : device.points())
            if (!point.available)
                list.limit(std::format("point {}", point.name),
                           "scenarios that hold a task there are skipped");
        if (!device.has_plants())
            list.limit("plants", "mmuwitness-plants.ko is not loaded: nothing can be planted");
        else
            for (const Plant& plant : device.plants())
                if (!plant.available)
                    list.limit(std::format("plant {}", plant.name), "has no place in this kernel");
    } catch (const std::exception& error) {
        list.fatal(error.what(), "give the module built for this kernel: doctor --kmod PATH");
    }
}

}  // namespace

int doctor_command(const Words& words) {
    po::options_description options("options");
    options.add_options()("kmod", po::value<std::string>()->default_value(""),
                          "load this mmuwitness.ko for the examination");
    const auto values = parse_options(words, "doctor", options);

    Checklist list;
    check_system(list);
    const auto kvm = check_kvm(list);
    check_witness(list, values["kmod"].as<std::string>());
    const Syncer syncer;
    if (syncer.path() == Syncer::Path::kUring)
        list.ok("io_uring");
    else
        list.limit(std::format("io_uring: {}", syncer.why_not_uring()),
                   "fsync and sync_file_range are issued as system calls");
    return list.usable() ? kPass : kSkip;
}

}  // namespace mmuw
