// SPDX-License-Identifier: GPL-2.0-only
// mmuwitness list and explain: what there is.
#include <format>
#include <print>

#include "cli/commands.h"
#include "cli/gtest_runner.h"
#include "cli/options.h"
#include "judge/reports.h"
#include "judge/rule.h"
#include "perturb/disturber.h"
#include "selftest/table.h"
#include "witness/device.h"

namespace mmuw {

namespace po = boost::program_options;

namespace {

// Of the kernel's mailing lists, from which plants come: Plant::origin.
constexpr std::string_view kThreads =
    "threads, by the number in brackets:\n"
    "  000  KVM: LoongArch: Mark \"struct page\" pfns dirty only in \"slow\" page fault path;\n"
    "       Sean Christopherson, maobibo, Aug 2024\n"
    "  001  KVM: MMU: fast page fault; Xiao Guangrong, Avi Kivity, Mar and Apr 2012\n"
    "  002  KVM: x86/tdp_mmu: Trigger the callback only when an interesting change;\n"
    "       Sean Christopherson, Yan Zhao, Sep and Oct 2024\n"
    "  003  KVM: x86/mmu: Rework marking folios dirty/accessed; Sean Christopherson,\n"
    "       David Hildenbrand, Paolo Bonzini, Apr 2024\n"
    "  004  on pages that secondary MMUs map without a reference; Christoffer Dall,\n"
    "       Paolo Bonzini, Jun 2019";

std::string rules_that_notice(const std::string& plant) {
    const PlantCase* known = find_plant_case(plant);
    if (!known) return "no scenario known";
    std::string rules;
    for (const std::string_view rule : known->rules)
        rules += std::format("{}{}", rules.empty() ? "" : ", ", rule);
    return rules;
}

}  // namespace

int list_command(const Words& words) {
    po::options_description options("options");
    auto add = options.add_options();
    add("rules", "rules, and what they say");
    add("plants", "faults that can be planted (asks the loaded module), and the rules that notice");
    add("points", "points of the kernel's work where the director can hold a task");
    add("perturb", "disturbers, and what they do");
    add("reports", "documented reports, for run --report, and what is wrong there");
    add("filter", po::value<std::string>()->default_value("*"), "scenarios, as with run");
    const auto values = parse_options(words, "list", options);
    if (values.contains("rules")) {
        for (const RuleInfo* rule : rules()) std::println("{:<20} {}", rule->id, rule->statement);
    } else if (values.contains("plants")) {
        for (const Plant& plant : Device().plants())
            std::println("{:<34} {}{} [{}] -> {}", plant.name, plant.available ? "" : "(not here) ",
                         plant.what, plant.origin, rules_that_notice(plant.name));
        std::println("\n{}", kThreads);
    } else if (values.contains("reports")) {
        for (const Report& report : reports())
            std::println("{:<28} {} [{}]", report.name, report.what, page_of(report));
    } else if (values.contains("points")) {
        Device device;
        device.start();  // which of them this kernel tells, only a session knows
        for (const Point& point : device.points())
            std::println("{:<19} {}{} [{}]", point.name, point.available ? "" : "(not here) ",
                         point.what, point.symbol);
    } else if (values.contains("perturb")) {
        for (const DisturberKind& kind : disturber_kinds())
            std::println("{:<12} {}", kind.name, kind.what);
    } else {
        for (const std::string& name : scenario_names(values["filter"].as<std::string>()))
            std::println("{}", name);
    }
    return kPass;
}

int explain_command(const Words& words) {
    po::options_description options("options");
    options.add_options()("rule", po::value<std::string>()->required(), "name of the rule");
    const auto rule =
        parse_options(words, "explain RULE", options, "rule")["rule"].as<std::string>();
    const std::string_view page = explain(rule);
    if (page.empty())
        throw Exit(kUsage, std::format("unknown rule '{}': see mmuwitness list --rules", rule));
    std::print("{}", page);
    return kPass;
}

}  // namespace mmuw
