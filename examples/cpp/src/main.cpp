// recognize FOLDER PICTURE...: names the gesture of the hand in each picture.
//
// FOLDER is what `handpose export MODEL --web FOLDER --with-networks` writes. One line of JSON a picture.
// Exit codes: 0 done, 1 a picture could not be read (the others are done), 2 wrong usage or a
// folder that cannot be used.
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

#include "error.hpp"
#include "finder.hpp"
#include "model.hpp"

namespace {

using nlohmann::json;

json described(const Hand& hand, const Gesture& gesture, bool is_right) {
  return {{"gesture", gesture.name ? json(*gesture.name) : json()},
          {"likeliest", gesture.likeliest},
          {"score", gesture.score},
          {"handedness", is_right ? "Right" : "Left"},
          {"handedness_score", is_right ? hand.right : 1 - hand.right},
          {"landmarks", hand.landmarks}};
}

json recognize(HandFinder& finder, GestureModel& model, const std::string& path) {
  Picture picture = read_picture(path);
  json hands = json::array();
  if (const auto hand = finder.find(picture)) {
    const bool is_right = finder.is_right(*hand);
    hands.push_back(described(*hand, model.name(hand->landmarks, is_right), is_right));
  }
  return {{"source", path},
          {"width", picture.width()},
          {"height", picture.height()},
          {"hands", hands}};
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 3) {
    std::cerr << "usage: recognize FOLDER PICTURE...\n"
                 "FOLDER is what `handpose export MODEL --web FOLDER --with-networks` writes.\n";
    return 2;
  }
  try {
    HandFinder finder(arguments[1]);
    GestureModel model(std::filesystem::path(arguments[1]) / "model.onnx");
    int code = 0;
    for (int i = 2; i < count; i++) {
      try {
        std::cout << recognize(finder, model, arguments[i]).dump() << std::endl;
      } catch (const PictureError& error) {
        std::cerr << error.what() << '\n';
        code = 1;
      }
    }
    return code;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 2;
  }
}
