/* Counts the lines of a log by the first digit of their status. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

/* The status is the first field after the quoted request: `… "GET / HTTP/1.1" 200 …`. */
static int status_class(const char *line, Py_ssize_t length)
{
    Py_ssize_t i = length - 1;
    while (i >= 0 && line[i] != '"')
        i--;
    if (i < 0 || i + 2 >= length || line[i + 2] < '1' || line[i + 2] > '5')
        return 0;
    return line[i + 2] - '0';
}

static PyObject *by_status(PyObject *self, PyObject *argument)
{
    char *text;
    Py_ssize_t length, start = 0;
    long counts[6] = {0, 0, 0, 0, 0, 0};
    (void)self;
    if (PyBytes_AsStringAndSize(argument, &text, &length) < 0)
        return NULL;
    for (Py_ssize_t i = 0; i < length; i++) {
        if (text[i] == '\n') {
            counts[status_class(text + start, i - start)]++;
            start = i + 1;
        }
    }
    return Py_BuildValue("(lllll)", counts[1], counts[2], counts[3], counts[4], counts[5]);
}

static PyMethodDef methods[] = {
    {"by_status", by_status, METH_O, "by_status(log: bytes) -> counts of 1xx, 2xx, 3xx, 4xx, 5xx"},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_count", NULL, -1, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__count(void)
{
    return PyModule_Create(&module);
}
