// SPDX-License-Identifier: GPL-2.0-only
#include "director/script.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <format>
#include <fstream>
#include <sstream>

#include "director/gate.h"
#include "judge/rule.h"
#include "vmm/guest.h"

namespace mmuw {

namespace {

[[noreturn]] void throw_script_error(const std::string& file, std::size_t line,
                                     std::string_view word, std::string_view what) {
    throw ScriptError(std::format("{}:{}: '{}': {}", file, line, word, what));
}

// The words of one line, taken one after the other.
class Line {
  public:
    Line(const std::string& text, const std::string& file, std::size_t number)
        : file_(file), number_(number) {
        std::istringstream in(text.substr(0, text.find('#')));
        for (std::string word; in >> word;) words_.push_back(word);
    }

    [[nodiscard]] bool empty() const { return next_ == words_.size(); }
    [[nodiscard]] std::size_t number() const { return number_; }

    std::string take(std::string_view expected) {
        if (empty()) fail(words_.back(), std::format("{} must follow", expected));
        return words_[next_++];
    }
    bool take_if(std::string_view word) {
        if (empty() || words_[next_] != word) return false;
        next_++;
        return true;
    }
    void expect(std::string_view word) {
        const std::string got = take(word);
        if (got != word) fail(got, std::format("expected {}", word));
    }
    std::uint64_t number(std::string_view what, std::uint64_t least, std::uint64_t most) {
        const std::string word = take(what);
        std::uint64_t value = 0;
        const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
        if (error != std::errc{} || end != word.data() + word.size() || value < least ||
            value > most)
            fail(word, std::format("expected {}, {} to {}", what, least, most));
        return value;
    }
    void end() {
        if (!empty()) fail(words_[next_], "nothing more is expected on this line");
    }
    [[noreturn]] void fail(std::string_view word, std::string_view what) const {
        throw_script_error(file_, number_, word, what);
    }

  private:
    const std::string& file_;
    std::size_t number_;
    std::vector<std::string> words_;
    std::size_t next_ = 0;
};

class Parser {
  public:
    explicit Parser(const std::string& file) {
        script_.file = file;
        script_.name = std::filesystem::path(file).stem().string();
        std::ranges::replace_if(
            script_.name, [](unsigned char c) { return !std::isalnum(c); }, '_');
    }

    void line(const std::string& text, std::size_t number) {
        Line words(text, script_.file, number);
        if (words.empty()) return;
        const std::string first = words.take("a word");
        if (!setting(first, words) && !step(first, words))
            words.fail(first, "neither a setting nor a step: see docs/director.md");
        words.end();
    }

    Script take() {
        if (script_.steps.empty())
            throw ScriptError(std::format("{}: there is no step in it", script_.file));
        return std::move(script_);
    }

  private:
    static std::string rule(Line& words) {
        std::string name = words.take("a rule");
        if (!find_rule(name)) words.fail(name, "no such rule: see mmuwitness list --rules");
        return name;
    }
    bool setting(const std::string& word, Line& words) {
        if (word == "pages")
            script_.pages = words.number("a number of pages", 1, 4096);
        else if (word == "vcpus")
            script_.vcpus = static_cast<unsigned>(words.number("a number of vCPUs", 1, 16));
        else if (word == "rounds")
            script_.rounds = words.number("a number of rounds", 1, 1000000);
        else if (word == "promise")
            do script_.promises.push_back(rule(words));
            while (!words.empty());
        else
            return false;
        if (!script_.steps.empty()) words.fail(word, "settings come before the first step");
        return true;
    }

    bool step(const std::string& word, Line& words) {
        if (word == "hold")
            hold(words);
        else if (word == "wait")
            wait_held(words);
        else if (word == "vcpu")
            vcpu(words);
        else if (word == "host") {
            words.expect("write");
            add(words, HostWriteStep{page(words)});
        } else if (word == "sync")
            sync(words);
        else if (word == "settle")
            add(words, SettleStep{});
        else if (word == "log")
            log(words);
        else
            return false;
        return true;
    }

    void add(const Line& words, decltype(ScriptStep::what) what) {
        script_.steps.push_back({.line = words.number(), .what = std::move(what)});
    }

    ScriptPage page(Line& words) {
        words.expect("page");
        if (words.take_if("round")) return {};
        return words.number("'round' or a page", 0, script_.pages - 1);
    }

    unsigned vcpu_number(Line& words) {
        return static_cast<unsigned>(words.number("a vCPU", 0, script_.vcpus - 1));
    }

    ScriptPass pass(Line& words, std::string_view before) {
        ScriptPass pass;
        const std::string who = words.take("vcpu or host");
        if (who == "vcpu")
            pass.vcpu = vcpu_number(words);
        else if (who != "host")
            words.fail(who, "expected vcpu or host");
        words.expect(before);
        pass.point = words.take("a point");
        if (words.take_if("any")) return pass;
        pass.any_page = false;
        pass.page = page(words);
        return pass;
    }

    void hold(Line& words) {
        HoldStep step{.hold = pass(words, "at"), .until = {}, .longest = Gate::kLongest};
        words.expect("until");
        step.until = pass(words, "passes");
        if (words.take_if("longest"))
            step.longest = std::chrono::milliseconds(words.number("milliseconds", 1, 1000));
        last_hold_ = script_.steps.size();
        add(words, step);
    }

    void wait_held(Line& words) {
        words.expect("held");
        if (!last_hold_) words.fail("held", "there is no hold before it");
        add(words, WaitHeldStep{*last_hold_});
    }

    void vcpu(Line& words) {
        const unsigned number = vcpu_number(words);
        const std::string what = words.take("write, read or done");
        if (what == "done")
            add(words, DoneStep{number});
        else if (what == "write" || what == "read")
            add(words, AccessStep{.vcpu = number, .write = what == "write", .page = page(words)});
        else
            words.fail(what, "expected write, read or done");
    }

    void sync(Line& words) {
        const std::string name = words.take("a way to sync");
        const auto* it =
            std::ranges::find_if(kEverySync, [&](Sync sync) { return to_string(sync) == name; });
        if (it == std::end(kEverySync))
            words.fail(name, "expected msync, fsync, fdatasync or sync_file_range");
        add(words, SyncStep{*it});
    }

    void log(Line& words) {
        const std::string what = words.take("on, off, collect or a kind of log");
        if (what == "on")
            add(words, LogStep{LogAction::kOn});
        else if (what == "off")
            add(words, LogStep{LogAction::kOff});
        else if (what == "collect")
            add(words, LogStep{LogAction::kCollect});
        else if (const auto kind = kind_of(what); !kind)
            words.fail(what, "expected on, off, collect, bitmap, manual or ring");
        else if (!script_.steps.empty())
            words.fail(what, "settings come before the first step");
        else
            script_.log = *kind;
    }

    static std::optional<DirtyLogKind> kind_of(const std::string& name) {
        for (const DirtyLogKind kind :
             {DirtyLogKind::kBitmap, DirtyLogKind::kManual, DirtyLogKind::kRing})
            if (to_string(kind) == name) return kind;
        return {};
    }

    Script script_;
    std::optional<std::size_t> last_hold_;
};

}  // namespace

Script parse_script(std::istream& in, const std::string& file) {
    Parser parser(file);
    std::size_t number = 0;
    for (std::string text; std::getline(in, text);) parser.line(text, ++number);
    return parser.take();
}

void check_points(const Script& script, const Points& points) {
    for (const ScriptStep& step : script.steps) {
        const auto* hold = std::get_if<HoldStep>(&step.what);
        if (!hold) continue;
        for (const ScriptPass* pass : {&hold->hold, &hold->until}) {
            const Point* point = points.find_any(pass->point);
            if (!point)
                throw_script_error(script.file, step.line, pass->point,
                                   "no such point: see mmuwitness list --points");
            if (!pass->any_page && point->where == MMUWITNESS_WHERE_NOTHING)
                throw_script_error(script.file, step.line, pass->point,
                                   "this point is not at a page: say any");
        }
    }
}

Script read_script(const std::string& file) {
    std::ifstream in(file);
    if (!in) throw ScriptError(std::format("{}: cannot be read", file));
    return parse_script(in, file);
}

}  // namespace mmuw
