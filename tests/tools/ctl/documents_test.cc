// The completion script and the manual page know every command and option, and no others.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <set>
#include <sstream>

#include "tests/tools/ctl/fake_admin.h"
#include "tools/ctl/command.h"

namespace signet::ctl {
namespace {

std::string source_file(const std::string& name) {
  const char* root = std::getenv("SIGNET_SOURCE_ROOT");
  return std::string(root == nullptr ? "." : root) + "/" + name;
}

// The long options that `text` names, but for the global ones.
std::set<std::string> options_in(const std::string& text) {
  std::set<std::string> found;
  for (size_t at = text.find("--"); at != std::string::npos; at = text.find("--", at + 2)) {
    if (at > 0 && text[at - 1] != ' ' && text[at - 1] != ',' && text[at - 1] != '\n') continue;
    const size_t end = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz-", at);
    const std::string name = text.substr(at, end - at);
    if (name.size() > 2) found.insert(name);
  }
  for (const char* global : {"--help", "--json", "--socket", "--data-dir"}) found.erase(global);
  return found;
}

std::vector<std::string> words_of(const Command& command) {
  std::vector<std::string> words{std::string(command.noun)};
  if (!command.verb.empty()) words.emplace_back(command.verb);
  return words;
}

// What the command's own --help names, without the help texts.
std::set<std::string> real_options(const Command& command) {
  std::vector<std::string> arguments = words_of(command);
  arguments.emplace_back("--help");
  std::istringstream help(run_ctl(arguments).out);
  std::string names;
  bool options = false;
  for (std::string line; std::getline(help, line);) {
    if (options && line.size() > 3 && line[2] == '-') names += line.substr(1, line.find(' ', 2)) + " ";
    options = options || line == "Options:";
  }
  return options_in(names);
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

// What bash offers after `words` for a word that begins with `current`.
std::string completed(const std::string& words, const std::string& current) {
  const std::string script = "source " + source_file("tools/completion/signetctl.bash") + " && COMP_WORDS=(signetctl " +
                             words + " '" + current +
                             "') && COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) && _signetctl && echo \" ${COMPREPLY[*]} \"";
  std::FILE* pipe = popen(("bash -c \"" +
                           [&script] {
                             std::string escaped;
                             for (const char c : script) {
                               if (c == '"' || c == '$' || c == '\\') escaped += '\\';
                               escaped += c;
                             }
                             return escaped;
                           }() +
                           "\"")
                              .c_str(),
                          "r");
  std::string text;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) text += static_cast<char>(c);
  EXPECT_EQ(pclose(pipe), 0);
  return text;
}

TEST(Completion, OffersTheOptionsOfEveryCommand) {
  for (const Command& command : all_commands()) {
    const std::string words = joined(words_of(command));
    EXPECT_EQ(options_in(completed(words, "--")), real_options(command)) << words;
  }
}

TEST(Completion, OffersNounsAndVerbs) {
  for (const Command& command : all_commands()) {
    const std::string noun(command.noun);
    EXPECT_NE(completed("--socket /x", noun.substr(0, 2)).find(" " + noun + " "), std::string::npos) << noun;
    if (command.verb.empty()) continue;
    const std::string verb(command.verb);
    EXPECT_NE(completed(noun, verb.substr(0, 3)).find(" " + verb + " "), std::string::npos) << noun << " " << verb;
  }
}

TEST(Completion, OffersNoVerbOfAnotherNoun) { EXPECT_EQ(completed("clock", "a"), " accept \n"); }

TEST(ManualPage, TellsOfEveryCommandAndOption) {
  std::string page = file_text(source_file("tools/man/signetctl.1"));
  std::string plain;
  for (const char c : page) {
    if (c != '\\') plain += c;
  }
  for (const Command& command : all_commands()) {
    const std::string words = joined(words_of(command));
    const size_t at = plain.find("\n.B " + words + "\n");
    ASSERT_NE(at, std::string::npos) << words;
    for (const std::string& option : real_options(command)) {
      EXPECT_NE(plain.find(option), std::string::npos) << words << " " << option;
    }
  }
}

}  // namespace
}  // namespace signet::ctl
