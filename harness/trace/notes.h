// SPDX-License-Identifier: GPL-2.0-only
// Notes: what a run says of itself, its host and its scenarios, as lines of text among the events
// (enum mmuwitness_note_kind). Each kind is written, text(), and read, parse(), here and nowhere
// else. What a reader does not find in a line, of an older recording, is as it was made.
//
//     witness.note(note::Rule{.name = "durable", .missing = "no disk to read"});
//     const auto rule = note::Rule::parse(e.note.text.view());
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kmod/uapi/mmuwitness.h"

namespace mmuw {

// It has a kind and a text of one line, of which an event holds MMUWITNESS_TEXT_LEN with its NUL:
// text() throws std::logic_error if more than a reason at its end would be cut.
template <class N>
concept Note = requires(const N& n) {
    { N::kKind } -> std::convertible_to<std::uint32_t>;
    { n.text() } -> std::convertible_to<std::string>;
};

namespace note {

struct ScenarioBegin {
    static constexpr std::uint32_t kKind = MMUWITNESS_NOTE_SCENARIO_BEGIN;
    std::string name;
    std::uint64_t seed = 0;
    std::string plant = {};  // empty: none
    [[nodiscard]] std::string text() const;
    static ScenarioBegin parse(std::string_view text);
};

// The scenario promises evidence for this rule, or has found out why there is none to be had.
struct Rule {
    static constexpr std::uint32_t kKind = MMUWITNESS_NOTE_RULE;
    std::string name;
    std::string missing = {};
    [[nodiscard]] std::string text() const;
    static Rule parse(std::string_view text);
};

struct ScenarioEnd {
    static constexpr std::uint32_t kKind = MMUWITNESS_NOTE_SCENARIO_END;
    std::uint64_t trials = 0;
    std::optional<std::uint64_t> hits = std::nullopt;  // trials that met what was staged
    std::string status = "done";                       // or skip, inconclusive
    std::string why = {};
    [[nodiscard]] std::string text() const;
    static ScenarioEnd parse(std::string_view text);
};

struct Hook {
    static constexpr std::uint32_t kKind = MMUWITNESS_NOTE_HOOK;
    std::string name;
    std::string missing = {};  // empty: it is attached
    [[nodiscard]] std::string text() const;
    static Hook parse(std::string_view text);
};

struct KernelLog {
    static constexpr std::uint32_t kKind = MMUWITNESS_NOTE_KERNEL_LOG;
    std::string line;
    [[nodiscard]] const std::string& text() const { return line; }
};

struct Host {
    static constexpr std::uint32_t kKind = MMUWITNESS_NOTE_HOST;
    std::string key;
    std::string value;
    bool operator==(const Host&) const = default;
    [[nodiscard]] std::string text() const;
    static Host parse(std::string_view text);
};

struct Doubt {
    static constexpr std::uint32_t kKind = MMUWITNESS_NOTE_DOUBT;
    std::string why;
    [[nodiscard]] const std::string& text() const { return why; }
};

// What a disturber did during a scenario; or, before the first one, that it cannot work here.
struct Disturber {
    static constexpr std::uint32_t kKind = MMUWITNESS_NOTE_PERTURB;
    std::string name;
    bool missing = false;
    std::vector<std::pair<std::string, std::uint64_t>> counts = {};  // 0 of the first: nothing
    std::string why = {};  // it is missing, or had to give up
    [[nodiscard]] std::string text() const;
    static Disturber parse(std::string_view text);
};

}  // namespace note

}  // namespace mmuw
