// SPDX-License-Identifier: GPL-2.0-only
// mmuwitness selftest: every plant against the scenarios that should notice.
#include <fnmatch.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <format>
#include <fstream>
#include <map>
#include <optional>
#include <print>
#include <thread>

#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/machine.h"
#include "cli/options.h"
#include "report/report.h"
#include "selftest/child.h"
#include "selftest/kill_report.h"
#include "vmm/anchor.h"
#include "witness/device.h"
#include "witness/module.h"

namespace mmuw {

namespace {

namespace po = boost::program_options;
namespace fs = std::filesystem;

struct Settings {
    std::string kmod, scratch, out, host, plants;
    Mmu mmu;
    bool emulated = false, few = false, colour = false;
    std::uint64_t seed = 1;
    unsigned repeat = 1;
    double limit = 60;
};

Settings parse(const Words& words) {
    Settings s;
    po::options_description options("options");
    auto add = options.add_options();
    add("kmod", po::value(&s.kmod), "mmuwitness.ko to load; default: it is loaded already");
    add("scratch", po::value(&s.scratch)->required(), "as with run");
    add("out", po::value(&s.out)->default_value("."),
        "where kill.json goes, and the records of each plant's runs, in a directory of its own");
    add("plant", po::value(&s.plants)->default_value("*"), "plants whose name matches");
    add("few", po::bool_switch(&s.few),
        "of these, the first for each rule that this kernel has a place for");
    add("mmu", po::value<std::string>()->default_value("kvm"), "as with run");
    add("repeat", po::value(&s.repeat)->default_value(1), "runs of each plant, each to be noticed");
    add("seed", po::value(&s.seed)->default_value(1), "of the first run, one more for each");
    add("limit", po::value(&s.limit)->default_value(60), "seconds for a run, then it is ended");
    add("colour", po::bool_switch(&s.colour), "also when the output is no terminal");
    add("host", po::value(&s.host)->default_value("local"), "as with run");
    add("emulated", po::bool_switch(&s.emulated), "as with run");
    const auto values = parse_options(words, "selftest", options);
    s.mmu = mmu_of(values, "selftest");
    if (s.repeat < 1) throw Exit(kUsage, "selftest: --repeat must be at least 1");
    if (!(s.limit > 0)) throw Exit(kUsage, "selftest: --limit must be more than 0 seconds");
    return s;
}

// What the module of this kernel has. Each run loads it anew.
std::vector<Plant> known_plants(const Settings& s) {
    std::optional<Module> module;
    if (!s.kmod.empty())
        module.emplace(s.kmod, ModuleParts{.plants = true, .reference = s.mmu.reference});
    Device device;
    if (!device.has_plants())
        throw Exit(kUsage, "selftest: mmuwitness-plants.ko is not loaded: it has the plants");
    if (s.mmu.reference) {  // without a session they are KVM's
        device.start(MMUWITNESS_MMU_REFERENCE);
        return device.plants();
    }
    std::vector<Plant> plants = device.plants();
    utsname machine{};
    uname(&machine);
    std::vector<std::string> names;
    for (const Plant& p : plants) names.push_back(p.name);
    for (const std::string& name : unknown_to_module(plant_cases(), machine.machine, names))
        throw Exit(kUsage, std::format("selftest: the module has no plant '{}': it is not the one "
                                       "built with this harness",
                                       name));
    return plants;
}

std::vector<Plant> selected(const Settings& s) {
    std::vector<Plant> plants = known_plants(s);
    std::erase_if(
        plants, [&](const Plant& p) { return fnmatch(s.plants.c_str(), p.name.c_str(), 0) != 0; });
    if (s.few) {
        std::vector<PlantCase> cases;
        for (const PlantCase& c : plant_cases())
            if (const auto p = std::ranges::find(plants, c.plant, &Plant::name);
                p != plants.end() && p->available)
                cases.push_back(c);
        const auto few = one_plant_per_rule(cases);
        std::erase_if(plants, [&](const Plant& p) { return !std::ranges::contains(few, p.name); });
    }
    if (plants.empty())
        throw Exit(kUsage,
                   std::format("selftest: no plant matches '{}': see list --plants", s.plants));
    return plants;
}

double now() {
    using Seconds = std::chrono::duration<double>;
    return Seconds(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::string last_line(const fs::path& file) {
    std::ifstream in(file);
    std::string line, last;
    while (std::getline(in, line))
        if (!line.empty()) last = line;
    return last;
}

class Selftest {
  public:
    explicit Selftest(const Settings& settings) : s_(settings) {}

    void try_plant(const Plant& plant) {
        kills_.push_back(kill_of(plant));
        const Kill& kill = kills_.back();
        std::println("{:<9} {}{}{}", to_string(kill.outcome), kill.plant,
                     kill.outcome == Outcome::killed ? "" : ": ",
                     kill.outcome == Outcome::killed ? "" : kill.why);
        std::fflush(stdout);
        write_json();
    }
    [[nodiscard]] const std::vector<Kill>& kills() const { return kills_; }
    [[nodiscard]] std::vector<Control> controls() const {
        std::vector<Control> all;
        for (const auto& [filter, control] : controls_) all.push_back(control);
        return all;
    }
    void write_json() const {
        const fs::path file = fs::path(s_.out) / "kill.json";
        const fs::path part = fs::path(s_.out) / ".kill.json";  // whole at every moment
        if (const auto written = write_file(part, kill_json(kills_)); !written)
            throw Exit(kFail, std::format("selftest: no record: {}", written.error()));
        fs::rename(part, file);
    }

  private:
    Kill kill_of(const Plant& plant) {
        if (!plant.available) return not_run(plant.name, Outcome::skip, "no place in this kernel");
        const PlantCase* c = find_plant_case(plant.name);
        if (!c) return not_run(plant.name, Outcome::survived, "no scenario known");
        const Control& without = control(std::string(c->filter));
        const auto as_expected = [&](const PlantRun& one) {
            return judge_plant(*c, {&one, 1}, without).outcome == Outcome::killed;
        };
        return judge_plant(*c, runs(plant.name, *c, as_expected), without);
    }

    const Control& control(const std::string& filter) {
        const auto known = controls_.find(filter);
        if (known != controls_.end()) return known->second;
        const auto as_expected = [&](const PlantRun& one) {
            return judge_control(filter, {&one, 1}).clean;
        };
        const PlantCase none{.plant = "", .filter = filter, .rules = {}};
        const auto all = runs(std::format("control-{}", controls_.size() + 1), none, as_expected);
        const Control& control =
            controls_.emplace(filter, judge_control(filter, all)).first->second;
        std::println("{:<9} without a plant, {}{}{}", control.clean ? "clean" : "NOT CLEAN", filter,
                     control.clean ? "" : ": ", control.why);
        if (!control.known_bug.empty()) std::println("          {}", control.known_bug);
        std::fflush(stdout);
        return control;
    }

    // Records are the last run's; of the first that did not come out as expected they are kept
    // beside it, with the recording.
    std::vector<PlantRun> runs(const std::string& name, const PlantCase& c,
                               const std::function<bool(const PlantRun&)>& as_expected) {
        const fs::path out = fs::path(s_.out) / name;
        const fs::path odd = fs::path(s_.out) / (name + ".unexpected");
        fs::remove_all(odd);
        std::vector<PlantRun> all;
        for (unsigned i = 0; i < s_.repeat; i++) {
            fs::remove_all(out);
            fs::create_directories(out);
            all.push_back(run(out, c, s_.seed + i));
            if (interrupted()) throw Exit(kFail, "selftest: interrupted: the rest was left out");
            if (as_expected(all.back()) || fs::exists(odd))
                fs::remove(out / "trace.dat");
            else
                fs::rename(out, odd);
        }
        return all;
    }

    PlantRun run(const fs::path& out, const PlantCase& c, std::uint64_t seed) {
        Words words = {"run",
                       "--scratch",
                       s_.scratch,
                       "--out",
                       out,
                       "--filter",
                       std::string(c.filter),
                       "--seed",
                       std::to_string(seed),
                       "--host",
                       s_.host};
        if (!s_.kmod.empty()) words.insert(words.end(), {"--kmod", s_.kmod});
        if (!c.plant.empty()) words.insert(words.end(), {"--plant", std::string(c.plant)});
        if (s_.emulated) words.emplace_back("--emulated");
        words.insert(words.end(), {"--mmu", to_string(s_.mmu)});
        const double started = now();
        const auto status = run_child(words, out / "output.txt",
                                      std::chrono::duration<double>(s_.limit), interrupted);
        PlantRun done{
            .started = started, .ended = now(), .record = read_record(out / "verdict.json")};
        if (!status) {
            done.record = std::unexpected(status.error());
            remove_module();
        } else if (!done.record) {
            done.record = error("status {}: {}", *status, last_line(out / "output.txt"));
        }
        return done;
    }

    // A run that was killed left it loaded.
    void remove_module() const {
        if (s_.kmod.empty()) return;
        for (int i = 0; i < 100 && Module::remove() == EWOULDBLOCK; i++)
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }

    const Settings& s_;
    std::vector<Kill> kills_;
    std::map<std::string, Control> controls_;
};

}  // namespace

int selftest_command(const Words& words) {
    const Settings s = parse(words);
    check_machine("selftest", {.kvm = !s.mmu.reference});
    std::error_code failed;
    fs::create_directories(s.out, failed);
    if (failed || access(s.out.c_str(), W_OK) != 0)
        throw Exit(kUsage, std::format("selftest: cannot write to {}: give another --out", s.out));
    catch_interrupts();
    const std::vector<Plant> plants = selected(s);
    std::optional<KvmAnchor> anchor;  // of all runs: each has one of its own as well
    if (s.emulated && !s.mmu.reference) anchor.emplace();
    Selftest selftest(s);
    selftest.write_json();
    for (const Plant& plant : plants) selftest.try_plant(plant);
    std::print("\n{}", kill_table(selftest.kills(), selftest.controls(),
                                  s.colour || wants_colour(STDOUT_FILENO)));
    return kill_status(selftest.kills(), selftest.controls());
}

}  // namespace mmuw
