import flask
import pkg_resources

app = flask.Flask(__name__)
VERSION = pkg_resources.get_distribution("flask").version
