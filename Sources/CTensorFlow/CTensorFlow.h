// TensorFlow's stable C API: graphs, sessions, tensors, SavedModels.
#include <tensorflow/c/c_api.h>
